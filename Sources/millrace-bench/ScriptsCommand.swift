// `millrace-bench scripts`.

import ArgumentParser

struct ScriptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scripts", abstract: "What JavaScript costs: start, calls, round trips and drain with script nodes.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("How often each phase is measured.", valueName: "count"))
  var rounds = 3

  @Option(help: ArgumentHelp("How long each measurement with wrk takes.", valueName: "seconds"))
  var seconds = 5

  @Option(help: ArgumentHelp("Executions in the queue for drain, in whole thousands.", valueName: "count"))
  var count = 50_000

  func validate() throws {
    guard rounds > 0, (1...600).contains(seconds) else {
      throw ValidationError("--rounds takes 1 and up, --seconds 1 to 600")
    }
    try DrainCommand.check(count: count)
  }

  func run() async throws {
    let benchmark = ScriptBenchmark(
      surroundings: try common.surroundings(), rounds: rounds, seconds: seconds, count: count)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
