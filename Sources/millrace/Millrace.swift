// millrace: the command line. It starts everything for a first webhook, applies workflows, and tells what became of
// executions.

import ArgumentParser
import Glibc
import ProcessSupport

@main
struct Millrace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "millrace",
    abstract: "Accepts webhooks at any rate and runs the workflows that they trigger.",
    discussion: "Settings are environment variables MILLRACE_*; a flag of the same name wins.",
    version: "millrace \(Build.version)",
    subcommands: [
      UpCommand.self, ApplyCommand.self, ValidateCommand.self, SchemaCommand.self, WorkflowsCommand.self,
      EnableCommand.self, DisableCommand.self, RunCommand.self, SendCommand.self, ShowCommand.self,
      ExecutionsCommand.self, CancelCommand.self, RetryCommand.self, DeadCommand.self, RedriveCommand.self,
      ExportCommand.self, AuditCommand.self, DoctorCommand.self, AddressesCommand.self,
    ])

  static func main() async {
    do {
      try refuseUnknownHelp(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      for line in failure.lines { Terminal.complain(line) }
      Glibc.exit(failure.code)
    } catch {
      // Wrong words on the command line, and requests for help.
      exit(withError: error)
    }
  }

  /// For a command that there is not the parser shows the help of all.
  private static func refuseUnknownHelp(_ words: [String]) throws(CommandFailure) {
    guard words.count > 1, words[0] == "help", !words[1].hasPrefix("-") else { return }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(words[1]), words[1] != "help" else { return }
    let suggestion = nearestName(to: words[1], among: names).map { "did you mean \($0)?" }
    throw CommandFailure(
      "there is no command '\(words[1])'; \(suggestion ?? "`millrace help` lists them")", code: ExitCode.usage)
  }
}
