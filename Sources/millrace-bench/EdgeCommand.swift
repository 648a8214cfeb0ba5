// `millrace-bench edge`.

import ArgumentParser

struct EdgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edge", abstract: "What signatures, duplicates and schemas cost, and what a flood of forgeries does.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("How often both sides are measured.", valueName: "count"))
  var rounds = 5

  @Option(help: ArgumentHelp("How long each measurement with wrk takes.", valueName: "seconds"))
  var seconds = 4

  func validate() throws {
    guard rounds > 0, (1...600).contains(seconds) else {
      throw ValidationError("--rounds takes 1 and up, --seconds 1 to 600")
    }
  }

  func run() async throws {
    let benchmark = EdgeBenchmark(surroundings: try common.surroundings(), rounds: rounds, seconds: seconds)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
