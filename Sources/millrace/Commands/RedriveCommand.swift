// `millrace redrive`: dead letters in bulk, at a rate.

import ArgumentParser
import ExecutionQueue
import ProcessSupport

struct RedriveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redrive", abstract: "Run dead letters again, the oldest first.",
    discussion: """
      Each goes on where it failed, or from its start. It may be stopped and repeated: what runs again is no dead letter
      any more.
      """)

  @OptionGroup var choice: DeadLetterChoice

  @Option(help: ArgumentHelp("So many a second.", valueName: "200/s"))
  var rate = Rate(perSecond: 100)

  @Option(help: "How many at most; all of them when absent.")
  var limit: Int?

  @Flag(help: "Forget all that they have come to.")
  var fromStart = false

  @Flag(help: "Only say how many there are.")
  var dryRun = false

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    try RowLimit.check(limit)
  }

  func run() async throws {
    try await Operators.with(try connection.settings()) { operators in
      // One that fails again ends later, and is not run once more by the same command.
      let end = try await operators.history.newestDeath() ?? 0
      var total = 0
      try await choice.forEachPage(operators, .oldestFirst, endedBy: end, limit: limit ?? .max) { total += $0.count }
      if dryRun || total == 0 { return Terminal.print("\(total) dead letters") }
      let (redriven, skipped) = try await redrive(operators, endedBy: end, total: total)
      Terminal.print(
        "\(redriven) run again"
          + (skipped > 0 ? ", \(skipped) passed over: not kept any more, or redriven meanwhile" : ""))
    }
  }

  private func redrive(
    _ operators: Operators, endedBy end: Int64, total: Int
  ) async throws -> (redriven: Int, skipped: Int) {
    var (redriven, skipped) = (0, 0)
    var next = ContinuousClock.now
    let batch = max(1, min(100, rate.perSecond / 10))
    defer { Terminal.progress(nil) }
    try await choice.forEachPage(operators, .oldestFirst, endedBy: end, limit: limit ?? .max) { records in
      for first in stride(from: 0, to: records.count, by: batch) {
        let requests = records[first..<min(first + batch, records.count)].map {
          Redrive($0.id, from: fromStart ? .beginning : .failure)
        }
        try await Task.sleep(until: next)
        let answers = try await operators.control.redrive(requests, onlyDead: true)
        redriven += answers.count { $0 == .redriven }
        skipped += answers.count { $0 != .redriven }
        Terminal.progress("\(redriven + skipped) of \(total)")
        // From now on: what was missed while Redis was slow is not caught up with.
        next = max(next, ContinuousClock.now) + Duration.seconds(1) * requests.count / rate.perSecond
      }
    }
    return (redriven, skipped)
  }
}
