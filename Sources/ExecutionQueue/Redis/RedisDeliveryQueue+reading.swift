// How a worker comes by its deliveries: it reads new ones, takes over those of the dead, and looks for those that it
// was given in an answer that never arrived.

import Logging
import NIOCore
import ProcessSupport
import RedisClient

extension RedisDeliveryQueue {
  package func take(
    _ intake: Intake, limit: Int, waiting wait: Duration
  ) async throws(QueueError) -> [Delivery] {
    precondition(limit > 0)
    let streams = intake.priorities.map(keys.stream)
    // COUNT is for each stream; with room for less than one of each they are asked one after the other.
    if limit < streams.count {
      for stream in held.beginsLow ? streams.reversed() : streams {
        let deliveries = try await read([stream], intake, count: limit, wait: nil)
        if !deliveries.isEmpty { return deliveries }
      }
    }
    return try await read(streams, intake, count: max(1, limit / streams.count), wait: wait)
  }

  private func read(
    _ streams: [String], _ intake: Intake, count: Int, wait: Duration?, isRepeated: Bool = false
  ) async throws(QueueError) -> [Delivery] {
    var command = RedisCommand("XREADGROUP", "GROUP", QueueKeys.group, worker, "COUNT")
    command.append(count)
    if let wait {
      command.append("BLOCK")
      command.append(wait.asBlock)
    }
    command.append("STREAMS")
    for stream in streams { command.append(stream) }
    for _ in streams { command.append(">") }
    let patience = TimeAmount.milliseconds((wait?.milliseconds ?? 0) + 5000)
    do {
      // Redis looks for these while the ones before them run here.
      let answer = try await reader(intake).run(command, timeout: patience, atOnce: true)
      return try await deliveries(StreamRow.list(in: answer, keys: keys))
    } catch let error as RedisError where error.kind == .noGroup || error.kind == .unblocked {
      try await makeGroups()
      return isRepeated ? [] : try await read(streams, intake, count: count, wait: wait, isRepeated: true)
    } catch {
      held.doubt()
      throw QueueError(redis: error)
    }
  }

  /// The group vanishes with its stream: after FLUSHALL, or a restart without persistence.
  package func makeGroups() async throws(QueueError) {
    do {
      _ = try await commands.run(.groups, keys: keys.streams) { $0.append(QueueKeys.group) }
    } catch {
      throw QueueError(redis: error)
    }
  }

  /// How often an execution may kill its worker before it becomes a dead letter, and how long that is kept.
  static let mostCrashes = 3
  static let deadLetterLifetime: Duration = .seconds(30 * 86_400)

  package func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    do {
      let answer = try await commands.run(.rescue, keys: keys.streams + [keys.workers, keys.steady]) {
        $0.append(keys.prefix)
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(limit)
        $0.append(QueueKeys.handedBack)
        $0.append(Self.lifetime.milliseconds)
        $0.append(Self.mostCrashes)
        $0.append(Self.deadLetterLifetime.milliseconds)
        $0.append(Self.crashMessage)
      }
      let rows = StreamRow.list(in: answer)
      for row in rows where row.crashes < 0 { announce(row) }
      let rescued = try await deliveries(rows.filter { $0.crashes >= 0 }, skipsHeld: false)
      return rows.count < limit ? rescued + (try await missed(limit: limit - rows.count)) : rescued
    } catch let error as RedisError where error.kind == .noGroup {
      // It may have claimed entries of the streams before that.
      held.doubt()
      try await makeGroups()
      return []
    } catch {
      held.doubt()
      throw QueueError(redis: error)
    }
  }

  private static let crashMessage = "its worker died \(mostCrashes) times while it ran"

  /// Tells a caller who waits for an execution that has become a dead letter.
  private func announce(_ row: StreamRow) {
    guard let entry = row.entry.text.flatMap({ EntryID($0) }),
      let delivery = Delivery(row.priority, entry: entry, fields: row.fields)
    else { return }
    logger.error(
      "an execution has become a dead letter",
      metadata: ["token": "\(delivery.token)", "workflow": "\(delivery.workflow)", "why": "\(Self.crashMessage)"])
    post(InboxMessage(inbox: delivery.inbox, token: delivery.token, state: .error, message: Self.crashMessage))
  }

  private func missed(limit: Int) async throws -> [Delivery] {
    guard let known = held.listIfDoubtful else { return [] }
    let answer = try await commands.run(.missed, keys: keys.streams) {
      $0.append(keys.prefix)
      $0.append(QueueKeys.group)
      $0.append(worker)
      $0.append(limit)
      for entry in known { $0.append(entry) }
    }
    let missed = try await deliveries(StreamRow.list(in: answer))
    // A full page has more behind it.
    if missed.count < limit { held.looked() }
    if !missed.isEmpty {
      logger.warning("found deliveries whose answer was lost", metadata: ["count": "\(missed.count)"])
    }
    return missed
  }

  /// What is no execution becomes a dead letter and harms nobody. The answer of a read may cross that of a look for
  /// missed entries: `skipsHeld` passes over what is in these hands already.
  private func deliveries(_ rows: [StreamRow], skipsHeld: Bool = true) async throws(QueueError) -> [Delivery] {
    var deliveries: [Delivery] = []
    for row in rows {
      guard let entry = row.entry.text.flatMap({ EntryID($0) }) else { continue }
      if let delivery = Delivery(row.priority, entry: entry, fields: row.fields, crashes: row.crashes) {
        if held.hold(delivery, anew: !skipsHeld) { deliveries.append(delivery) }
      } else {
        // Should this fail, it stays pending under this worker's name and is found again like a missed one.
        do { try await bury(row.priority, entry, "its stream entry cannot be read") } catch { held.doubt() }
      }
    }
    return deliveries
  }

  func bury(_ priority: Priority, _ entry: EntryID, _ message: String) async throws(QueueError) {
    logger.error("a dead letter: \(message)", metadata: ["entry": "\(entry)"])
    _ = try await answer(
      commands.call(.bury, keys: [keys.stream(priority)]) {
        $0.append(keys.prefix)
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(entry.description)
        $0.append(ExecutionToken.random().description)
        $0.append(Self.deadLetterLifetime.milliseconds)
        $0.append(message)
      })
  }
}
