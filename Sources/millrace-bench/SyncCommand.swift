// `millrace-bench sync`.

import ArgumentParser

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Webhook, workflow, answer: how many a second, and how long each takes.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Worker processes.", valueName: "count"))
  var workers = 1

  @Option(help: ArgumentHelp("How often each phase is measured.", valueName: "count"))
  var rounds = 3

  @Option(help: ArgumentHelp("How long each measurement takes.", valueName: "seconds"))
  var seconds = 5

  func validate() throws {
    guard rounds > 0, (1...64).contains(workers), (1...600).contains(seconds) else {
      throw ValidationError("--rounds takes 1 and up, --workers 1 to 64, --seconds 1 to 600")
    }
  }

  func run() async throws {
    let benchmark = SyncBenchmark(
      surroundings: try common.surroundings(), workers: workers, rounds: rounds, seconds: seconds)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
