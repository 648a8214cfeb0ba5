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
}
