// `millrace-bench outage`.

import ArgumentParser

struct OutageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outage", abstract: "Redis full, and Redis away: memory, log and return of service.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("How long Redis is away.", valueName: "seconds"))
  var seconds = 600

  func validate() throws {
    guard (5...3600).contains(seconds) else { throw ValidationError("--seconds takes 5 to 3600") }
  }

  func run() async throws {
    let benchmark = OutageBenchmark(surroundings: try common.surroundings(), seconds: seconds)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
