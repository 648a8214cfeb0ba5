// `millrace-bench patience`.

import ArgumentParser

struct PatienceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patience", abstract: "Timers, Retry-After, and callers beside a queue of slow executions.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("How often callers are measured on both sides.", valueName: "count"))
  var rounds = 5

  @Option(help: ArgumentHelp("How long each measurement with wrk takes.", valueName: "seconds"))
  var seconds = 4

  @Option(help: ArgumentHelp("How many timers run at once.", valueName: "count"))
  var timers = 50_000

  func validate() throws {
    guard rounds > 0, (1...600).contains(seconds), timers > 0 else {
      throw ValidationError("--rounds and --timers take 1 and up, --seconds 1 to 600")
    }
  }

  func run() async throws {
    let benchmark = PatienceBenchmark(
      surroundings: try common.surroundings(), rounds: rounds, seconds: seconds, timers: timers)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
