// Which executions `millrace executions` shows: never more in memory than it prints.

import ExecutionQueue

extension ExecutionsCommand {
  struct Row {
    let record: ExecutionRecord
    /// Until when it waits, if for a moment.
    let until: Int64?
  }

  /// Of one index at a time.
  private static let page = 500

  /// Those that wait, those in the streams, those that have ended: `limit` together.
  func rows(_ operators: Operators) async throws -> [Row] {
    let limit = limit.rows
    let wanted = Set(states.isEmpty ? ExecutionState.allCases.filter(\.isFinal) : states)
    var rows: [Row] = []
    if wanted.contains(.waiting) {
      rows += try await operators.history.waiting(limit: limit) { $0.state == .waiting && isChosen($0) }
        .map { Row(record: $0.record, until: $0.until) }
    }
    let running = wanted.intersection([.queued, .running])
    if !running.isEmpty {
      rows += try await operators.history.active(limit: limit - rows.count) {
        running.contains($0.state) && isChosen($0)
      }
      .map { Row(record: $0, until: nil) }
    }
    let final = wanted.filter(\.isFinal)
    if !final.isEmpty { rows += try await ended(operators, final, limit: limit - rows.count) }
    return rows
  }

  /// Of those that have not ended.
  private func isChosen(_ record: ExecutionRecord) -> Bool {
    let queued = Int64(clamping: record.id.entry.milliseconds)
    return (workflow ?? record.workflow) == record.workflow && queued >= since?.milliseconds ?? 0
      && queued <= until?.milliseconds ?? .max
  }

  /// The newest of all indexes.
  private func ended(_ operators: Operators, _ states: Set<ExecutionState>, limit: Int) async throws -> [Row] {
    let keys = if let workflow { [workflow] } else { try await operators.workflowKeys() }
    let indexes = keys.flatMap { key in states.map { (key, $0) } }
    var rows: [Row] = []
    var to = until?.milliseconds ?? .max
    while rows.count < limit {
      // One more than needed: a page leaves out what may be torn apart.
      let count = min(Self.page, limit - rows.count) + 1
      var mentions: [RedisHistory.Mention] = []
      // What is older is not known of every index yet.
      var horizon: Int64?
      for (key, state) in indexes {
        let page = try await operators.history.ended(
          key, state, from: since?.milliseconds ?? 0, to: to, .newestFirst, limit: count)
        mentions += page.mentions
        if let next = page.next { horizon = max(horizon ?? next, next) }
      }
      var newest = ArraySlice(mentions.filter { $0.at > horizon ?? .min }.sorted { $0.at > $1.at })
      while rows.count < limit, !newest.isEmpty {
        let part = newest.prefix(min(Self.page, limit - rows.count))
        newest = newest.dropFirst(part.count)
        rows += try await endedRows(operators, Array(part))
      }
      guard let horizon else { break }
      to = horizon
    }
    return rows
  }

  /// Without those that are no longer kept, or were run again meanwhile.
  private func endedRows(_ operators: Operators, _ mentions: [RedisHistory.Mention]) async throws -> [Row] {
    let records = try await operators.history.summaries(mentions.map(\.id))
    return zip(mentions, records).compactMap { mention, record in
      record.flatMap { $0.finished == mention.at ? Row(record: $0, until: nil) : nil }
    }
  }
}
