// `millrace dead`: the executions that ended because something went wrong.

import ArgumentParser
import ExecutionQueue
import JSONCodec
import ProcessSupport
import WorkflowEngine

struct DeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead", abstract: "List the dead letters, the newest first.",
    discussion: "`millrace retry` runs one of them again, `millrace redrive` many.")

  @OptionGroup var choice: DeadLetterChoice

  @OptionGroup var limit: RowLimit

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let settings = try connection.settings()
    let mask = Redaction(environment: settings.settings.environment)
    var records: [ExecutionRecord] = []
    try await Operators.with(settings) { operators in
      try await choice.forEachPage(operators, .newestFirst, limit: limit.rows) { records += $0 }
    }
    if json {
      Terminal.print(JSON.array(records.map { Self.document($0, mask) }).pretty)
    } else if records.isEmpty {
      Terminal.print("no dead letters")
    } else {
      var table = TextTable([
        ("EXECUTION", .left), ("WORKFLOW", .left), ("ENDED", .left), ("WHY", .left), ("CRASHES", .right),
        ("MESSAGE", .left),
      ])
      for record in records {
        table.add([
          record.id.description, record.workflow, record.finished.map(Terminal.time) ?? "",
          record.dead?.rawValue ?? "", "\(record.crashes)",
          Terminal.shortened(mask.text(record.message ?? ""), to: 80),
        ])
      }
      Terminal.print(table.text)
    }
  }

  private static func document(_ record: ExecutionRecord, _ mask: Redaction) -> JSON {
    [
      "executionId": .string(record.id.description), "workflow": .string(record.workflow),
      "state": .string(record.state.rawValue), "reason": record.dead.map { .string($0.rawValue) } ?? .null,
      "finishedAt": record.finished.map(JSON.int) ?? .null, "crashes": .int(Int64(record.crashes)),
      "message": record.message.map { .string(mask.text($0)) } ?? .null,
    ]
  }
}

/// Which of them.
struct DeadLetterChoice: ParsableArguments {
  @Option(help: "Of this workflow.")
  var workflow: String?

  @Option(help: ArgumentHelp("Ended since: 2h ago, or a moment.", valueName: "2h|2026-01-31"))
  var since: Moment?

  @Option(help: "For this reason: failed, crashes or unreadable.")
  var reason: DeadLetterReason?

  private static let page = 500

  /// The first `limit` of those that ended by then, without webhooks and results. Those that are no longer kept are taken
  /// out of the list on the way.
  func forEachPage(
    _ operators: Operators, _ order: RedisHistory.Order, endedBy end: Int64 = .max, limit: Int,
    _ body: ([ExecutionRecord]) async throws -> Void
  ) async throws {
    let history = operators.history
    var (from, to) = (since?.milliseconds ?? 0, end)
    var left = limit
    while left > 0 {
      let page = try await history.dead(from: from, to: to, order, limit: Self.page)
      let ids = page.mentions.map(\.id)
      let records = try await history.summaries(ids)
      try await history.forgetDead(zip(ids, records).filter { $1 == nil }.map(\.0))
      let chosen = records.compactMap(\.self).filter(isChosen).prefix(left)
      left -= chosen.count
      try await body(Array(chosen))
      guard let next = page.next else { return }
      switch order {
      case .newestFirst: to = next
      case .oldestFirst: from = next
      }
    }
  }

  /// What is no dead letter any more was redriven meanwhile.
  private func isChosen(_ record: ExecutionRecord) -> Bool {
    record.dead != nil && (workflow ?? record.workflow) == record.workflow && (reason ?? record.dead) == record.dead
  }
}

extension DeadLetterReason: ExpressibleByArgument {}
