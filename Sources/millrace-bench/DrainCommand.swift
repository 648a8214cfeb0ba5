// `millrace-bench drain`.

import ArgumentParser

struct DrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Executions a second of one worker that finds a full queue.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Executions in the queue, in whole thousands.", valueName: "count"))
  var count = 50_000

  @Option(help: ArgumentHelp("How often each side is measured.", valueName: "count"))
  var rounds = 3

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds takes 1 and up") }
    try Self.check(count: count)
  }

  /// The Sidekiq peer enqueues by the thousand and would wait for the rest for ever.
  static func check(count: Int) throws {
    guard count > 0, count <= 900_000, count.isMultiple(of: 1000) else {
      throw ValidationError("--count takes whole thousands up to 900000")
    }
  }

  func run() async throws {
    let benchmark = DrainBenchmark(surroundings: try common.surroundings(), count: count, rounds: rounds)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
