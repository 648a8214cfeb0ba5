// `millrace-bench all`: the benchmarks one after the other, and one table for the README.

import ArgumentParser

struct AllCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all", abstract: "Everything, with one table at the end. Takes about nine minutes.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Rounds of every benchmark, instead of the default of each.", valueName: "count"))
  var rounds: Int?

  @Option(help: ArgumentHelp("How long each measurement with wrk takes.", valueName: "seconds"))
  var seconds = 5

  @Option(help: ArgumentHelp("Executions in the queue for drain, in whole thousands.", valueName: "count"))
  var count = 50_000

  func validate() throws {
    guard rounds ?? 1 > 0, (1...600).contains(seconds) else {
      throw ValidationError("--rounds takes 1 and up, --seconds 1 to 600")
    }
    try DrainCommand.check(count: count)
  }

  func run() async throws {
    let surroundings = try common.surroundings()
    let ingest = IngestBenchmark(
      surroundings: surroundings, peers: IngestPeer.allCases, rounds: rounds ?? 5, seconds: seconds)
    let drain = DrainBenchmark(surroundings: surroundings, count: count, rounds: rounds ?? 3)
    let sync = SyncBenchmark(surroundings: surroundings, workers: 1, rounds: rounds ?? 3, seconds: seconds)
    let scripts = ScriptBenchmark(
      surroundings: surroundings, rounds: rounds ?? 3, seconds: seconds, count: count)
    try await Interruption.guarding {
      var rows: [SummaryRow] = []
      rows += try await ingest.run()
      rows += try await drain.run()
      rows += try await sync.run()
      rows += try await scripts.run()
      Output.line("\n## Summary\n\nMedians of the rounds above.\n")
      Output.line(SummaryRow.table(rows).markdown)
    }
  }
}
