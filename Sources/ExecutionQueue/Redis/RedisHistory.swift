// Which executions have ended, for people and exports: from the indexes, page by page, because there may be millions of
// them. Those that have not ended are in RedisHistory+active.swift.

import NIOCore
package import RedisClient

package struct RedisHistory: Sendable {
  let connection: RedisConnection
  let keys: QueueKeys

  package static let scripts: [RedisScript] = [.records]

  /// Values of megabytes take their time.
  static let patience = TimeAmount.seconds(30)

  package init(connection: RedisConnection, keys: QueueKeys) {
    self.connection = connection
    self.keys = keys
  }

  package struct Mention: Sendable, Equatable {
    package let id: ExecutionID
    /// When it ended (milliseconds by Redis's clock).
    package let at: Int64
  }

  package enum Order: Sendable {
    case newestFirst, oldestFirst
  }

  /// A part of an index. What ended in one millisecond is never torn apart, so the next page begins with another one,
  /// whatever was taken out of the index meanwhile.
  package struct Page: Sendable {
    package let mentions: [Mention]
    /// Where the next page begins: its `from`, or its `to` with the newest first. Nil when this is the last one.
    package let next: Int64?
  }

  /// Executions that have ended so; `limit` of them or fewer, more only when so many ended in one millisecond.
  package func ended(
    _ workflow: String, _ state: ExecutionState, from: Int64 = 0, to: Int64 = .max, _ order: Order, limit: Int
  ) async throws(QueueError) -> Page {
    try await page(of: keys.history(workflow, state), from, to, order, limit)
  }

  package func dead(
    from: Int64 = 0, to: Int64 = .max, _ order: Order, limit: Int
  ) async throws(QueueError) -> Page {
    try await page(of: keys.dead, from, to, order, limit)
  }

  /// When the newest dead letter ended; nil when there is none.
  package func newestDeath() async throws(QueueError) -> Int64? {
    try await rows(of: keys.dead, 0, .max, .newestFirst, 1).first?.at
  }

  private func page(
    of key: String, _ from: Int64, _ to: Int64, _ order: Order, _ limit: Int
  ) async throws(QueueError) -> Page {
    var limit = limit
    while true {
      let rows = try await rows(of: key, from, to, order, limit)
      guard rows.count == limit, let last = rows.last?.at else { return Page(rows, next: nil) }
      // More may have ended with the last of them.
      let whole = rows.filter { $0.at != last }
      if !whole.isEmpty { return Page(whole, next: last) }
      limit *= 4
    }
  }

  private func rows(
    of key: String, _ from: Int64, _ to: Int64, _ order: Order, _ limit: Int
  ) async throws(QueueError) -> [Row] {
    let (low, high) = ("\(from)", to == .max ? "+inf" : "\(to)")
    var command =
      switch order {
      case .newestFirst: RedisCommand("ZREVRANGEBYSCORE", key, high, low)
      case .oldestFirst: RedisCommand("ZRANGEBYSCORE", key, low, high)
      }
    for word in ["WITHSCORES", "LIMIT", "0", "\(limit)"] { command.append(word) }
    return try await run(command).fieldPairs.map { name, score in
      Row(id: ExecutionID("\(keys.partition)-\(name)"), at: score.milliseconds ?? 0)
    }
  }

  /// As it stands in an index; without an id when it was not written by a script of ours.
  fileprivate struct Row {
    let id: ExecutionID?
    let at: Int64
  }

  /// Takes those out of the list of dead letters that are no longer kept.
  package func forgetDead(_ ids: [ExecutionID]) async throws(QueueError) {
    guard !ids.isEmpty else { return }
    var command = RedisCommand("ZREM", keys.dead)
    for id in ids { command.append("\(id.entry)-\(id.token)") }
    _ = try await run(command)
  }

  package func counts(_ workflow: String) async throws(QueueError) -> [ExecutionState: Int] {
    let pairs = try await run(RedisCommand("HGETALL", keys.counts(workflow))).fieldPairs
    return Dictionary(
      pairs.compactMap { name, value in
        ExecutionState(rawValue: name).map { ($0, Int(value.text ?? "") ?? 0) }
      }, uniquingKeysWith: +)
  }

  /// Whole, in the order of the ids; nil for those that are no longer kept. A record may have megabytes: ask for few.
  package func records(_ ids: [ExecutionID]) async throws(QueueError) -> [ExecutionRecord?] {
    guard !ids.isEmpty else { return [] }
    do {
      let answer = try await connection.run(.records, timeout: Self.patience, keys: [keys.stream(.high)]) {
        $0.append(keys.prefix)
        for id in ids { $0.append(id.token.description) }
      }
      return zip(ids, answer.array ?? []).map { ExecutionRecord(id: $0, fields: $1.fieldPairs) }
    } catch {
      throw QueueError(redis: error)
    }
  }

  // MARK: Redis

  func run(_ command: RedisCommand) async throws(QueueError) -> RedisValue {
    do { return try await connection.run(command, timeout: Self.patience) } catch { throw QueueError(redis: error) }
  }

  /// The answers in the order of the commands, which travel together.
  func run(_ commands: [RedisCommand]) async throws(QueueError) -> [RedisValue] {
    let answers = commands.map { connection.send($0, timeout: Self.patience) }
    do {
      return try await EventLoopFuture.whenAllSucceed(answers, on: connection.eventLoop).get()
    } catch {
      throw QueueError(redis: error)
    }
  }
}

extension RedisHistory.Page {
  fileprivate init(_ rows: [RedisHistory.Row], next: Int64?) {
    self.init(
      mentions: rows.compactMap { row in row.id.map { RedisHistory.Mention(id: $0, at: row.at) } }, next: next)
  }
}

extension RedisValue {
  /// The score of a sorted set that is in the order of time.
  var milliseconds: Int64? { text.flatMap { Double($0) }.flatMap { Int64(exactly: $0.rounded()) } }
}
