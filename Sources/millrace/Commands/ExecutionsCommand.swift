// `millrace executions`: what runs, waits and has ended.

import ArgumentParser
import ExecutionQueue
import JSONCodec
import ProcessSupport
import WorkflowEngine

struct ExecutionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "executions", abstract: "List executions, the newest first.",
    discussion: "Without --state: those that have ended and are kept. --count gives numbers since the beginning.")

  @Option(help: "Of this workflow.")
  var workflow: String?

  @Option(
    name: .customLong("state"),
    help: "In this state: queued, running, waiting, succeeded, failed, error, timedOut or canceled; may be repeated.")
  var states: [ExecutionState] = []

  @Option(help: ArgumentHelp("Ended since, or queued if it has not: 2h ago, or a moment.", valueName: "2h|2026-01-31"))
  var since: Moment?

  @Option(help: ArgumentHelp("Ended until then, or queued if it has not.", valueName: "1h|2026-01-31"))
  var until: Moment?

  @OptionGroup var limit: RowLimit

  @Flag(help: "Only numbers.")
  var count = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if count, since != nil || until != nil || !states.isEmpty {
      throw ValidationError("--count counts since the beginning; it goes with --workflow only")
    }
  }

  func run() async throws {
    let settings = try connection.settings()
    let mask = Redaction(environment: settings.settings.environment)
    try await Operators.with(settings) { operators in
      if count { return try await printCounts(operators) }
      printRows(try await rows(operators), mask)
    }
  }

  // MARK: rows

  private func printRows(_ rows: [Row], _ mask: Redaction) {
    if json {
      Terminal.print(JSON.array(rows.map { Self.document($0, mask) }).pretty)
    } else if rows.isEmpty {
      Terminal.print("no executions")
    } else {
      Terminal.print(Self.table(rows, mask))
    }
  }

  private static func table(_ rows: [Row], _ mask: Redaction) -> String {
    var table = TextTable([
      ("EXECUTION", .left), ("WORKFLOW", .left), ("STATE", .left), ("QUEUED", .left), ("ENDED", .left),
      ("MESSAGE", .left),
    ])
    for row in rows {
      let record = row.record
      let state = record.state.rawValue + (record.dead == nil ? "" : " (dead)")
      table.add([
        record.id.description, record.workflow, state, Terminal.time(Int64(clamping: record.id.entry.milliseconds)),
        record.finished.map(Terminal.time) ?? row.until.map { "until \(Terminal.time($0))" } ?? "",
        Terminal.shortened(mask.text(record.message ?? ""), to: 60),
      ])
    }
    return table.text
  }

  private static func document(_ row: Row, _ mask: Redaction) -> JSON {
    let record = row.record
    return [
      "executionId": .string(record.id.description), "workflow": .string(record.workflow),
      "state": .string(record.state.rawValue), "dead": .bool(record.dead != nil),
      "queuedAt": .int(Int64(clamping: record.id.entry.milliseconds)), "beganAt": record.began.map(JSON.int) ?? .null,
      "finishedAt": record.finished.map(JSON.int) ?? .null, "waitsUntil": row.until.map(JSON.int) ?? .null,
      "message": record.message.map { .string(mask.text($0)) } ?? .null,
    ]
  }

  // MARK: numbers

  private func printCounts(_ operators: Operators) async throws {
    // What waits and runs is counted for all workflows together.
    let depth =
      workflow == nil
      ? try await RedisInspection(connection: operators.connection, keys: operators.keys).depth() : nil
    let keys = if let workflow { [workflow] } else { try await operators.workflowKeys() }
    var counts: [(key: String, counts: [ExecutionState: Int])] = []
    for key in keys { counts.append((key, try await operators.history.counts(key))) }
    let final = ExecutionState.allCases.filter(\.isFinal)
    guard !json else {
      let workflows = counts.map { key, counts in
        (key, JSON.object(JSONObject(final.map { ($0.rawValue, .int(Int64(counts[$0] ?? 0))) })))
      }
      let now = depth.map { [("now", Self.document($0))] } ?? []
      return Terminal.print(JSON.object(JSONObject(now + [("ended", .object(JSONObject(workflows)))])).pretty)
    }
    var table = TextTable([("WORKFLOW", .left)] + final.map { ($0.rawValue.uppercased(), .right) })
    for (key, counts) in counts { table.add([key] + final.map { "\(counts[$0] ?? 0)" }) }
    let parts = (depth.map { [Self.text($0)] } ?? []) + (counts.isEmpty ? [] : [table.text])
    Terminal.print(parts.joined(separator: "\n\n"))
  }

  private static func text(_ depth: QueueDepth) -> String {
    var facts = FactList()
    facts.add("in the streams", "\(depth.entries.reduce(0, +)), \(depth.inFlight) of them with workers")
    facts.add("waiting", "\(depth.timed) for a moment or a call, \(depth.parked) for a lane")
    facts.add("dead letters", "\(depth.dead)")
    return facts.text
  }

  private static func document(_ depth: QueueDepth) -> JSON {
    [
      "queuedOrRunning": .int(Int64(depth.entries.reduce(0, +))), "inFlight": .int(Int64(depth.inFlight)),
      "timed": .int(Int64(depth.timed)), "parked": .int(Int64(depth.parked)), "dead": .int(Int64(depth.dead)),
    ]
  }
}

extension ExecutionState: ExpressibleByArgument {}
