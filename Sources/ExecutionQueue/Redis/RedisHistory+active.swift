// Executions that have not ended: from the streams, and from the sets of those that wait.

import RedisClient

extension RedisHistory {
  /// Stream entries have their webhooks with them, of megabytes at times.
  private static let entriesAtOnce = 16
  private static let waitingAtOnce = 100

  /// Those in the streams that are wanted, the newest entries first, with their state as their records know it.
  package func active(
    limit: Int, where isWanted: (ExecutionRecord) -> Bool
  ) async throws(QueueError) -> [ExecutionRecord] {
    var found: [(entry: EntryID, record: ExecutionRecord)] = []
    for stream in keys.streams { found += try await active(in: stream, limit: limit, where: isWanted) }
    return found.sorted { $0.entry.isNewer(than: $1.entry) }.prefix(limit).map(\.record)
  }

  private func active(
    in stream: String, limit: Int, where isWanted: (ExecutionRecord) -> Bool
  ) async throws(QueueError) -> [(entry: EntryID, record: ExecutionRecord)] {
    var found: [(entry: EntryID, record: ExecutionRecord)] = []
    var end = "+"
    while found.count < limit {
      let range = RedisCommand("XREVRANGE", stream, end, "-", "COUNT", "\(Self.entriesAtOnce)")
      let rows = try await run(range).array ?? []
      let entries = rows.compactMap { StreamMention($0, partition: keys.partition) }
      let records = try await summaries(entries.map(\.id))
      for (entry, record) in zip(entries, records) {
        // Without a record nobody has begun it.
        let record = record ?? ExecutionRecord(id: entry.id, workflow: entry.workflow, state: .queued)
        if isWanted(record) { found.append((entry.entry, record)) }
      }
      guard rows.count == Self.entriesAtOnce, let last = rows.last?.array?.first?.text else { break }
      end = "(" + last
    }
    return found
  }

  /// Those that wait and are wanted: for a moment or a callback, the next first, then those that wait for a lane.
  package func waiting(
    limit: Int, where isWanted: (ExecutionRecord) -> Bool
  ) async throws(QueueError) -> [(record: ExecutionRecord, until: Int64?)] {
    var waiting: [(record: ExecutionRecord, until: Int64?)] = []
    // While this reads, others come and go, and move those behind them.
    var seen: Set<ExecutionToken> = []
    for (key, isTimed) in [(keys.due, true), (keys.parked, false)] {
      var rank = 0
      while waiting.count < limit {
        let range = RedisCommand("ZRANGE", key, "\(rank)", "\(rank + Self.waitingAtOnce - 1)", "WITHSCORES")
        let rows = try await run(range).fieldPairs
        let tokens = rows.map { ExecutionToken($0.0) }
        let records = try await summaries(of: tokens.compactMap(\.self))
        let untils = zip(tokens, rows).compactMap { token, row in token.map { _ in row.1.milliseconds } }
        for case (let record?, let until) in zip(records, untils)
        where isWanted(record) && seen.insert(record.id.token).inserted {
          waiting.append((record, isTimed ? until : nil))
        }
        guard rows.count == Self.waitingAtOnce else { break }
        rank += rows.count
      }
    }
    return Array(waiting.prefix(limit))
  }
}

/// Whose entry it is.
private struct StreamMention {
  let entry: EntryID
  let id: ExecutionID
  let workflow: String

  /// Nil when it was not written by a script of ours.
  init?(_ row: RedisValue, partition: Int) {
    guard let row = row.array, row.count == 2, let entry = row[0].text.flatMap({ EntryID($0) }) else { return nil }
    let fields = Dictionary(row[1].fieldPairs) { first, _ in first }
    guard let token = fields[EntryField.token]?.text.flatMap({ ExecutionToken($0) }),
      let workflow = fields[EntryField.workflow]?.text
    else { return nil }
    let origin = fields[EntryField.origin]?.text.flatMap { EntryID($0) }
    self.entry = entry
    id = ExecutionID(partition: partition, entry: origin ?? entry, token: token)
    self.workflow = workflow
  }
}

extension EntryID {
  fileprivate func isNewer(than other: EntryID) -> Bool {
    (milliseconds, sequence) > (other.milliseconds, other.sequence)
  }
}
