// How a worker comes by its deliveries: it reads new ones, takes over those of the dead, and looks for those that it
// was given in an answer that never arrived.

import Logging
import NIOCore
import RedisClient

extension RedisDeliveryQueue {
  package func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    precondition(limit > 0)
    let streams = keys.streams
    // COUNT is for each stream; with room for less than one of each they are asked one after the other.
    if limit < streams.count {
      for stream in held.beginsLow ? streams.reversed() : streams {
        let deliveries = try await read([stream], count: limit, wait: nil)
        if !deliveries.isEmpty { return deliveries }
      }
    }
    return try await read(streams, count: max(1, limit / streams.count), wait: wait)
  }

  private func read(
    _ streams: [String], count: Int, wait: Duration?, isRepeated: Bool = false
  ) async throws(QueueError) -> [Delivery] {
    var command = RedisCommand("XREADGROUP", "GROUP", QueueKeys.group, worker, "COUNT")
    command.append(held.count(atMost: count))
    if let wait {
      command.append("BLOCK")
      command.append(wait.asBlock)
    }
    command.append("STREAMS")
    for stream in streams { command.append(stream) }
    for _ in streams { command.append(">") }
    let patience = TimeAmount.milliseconds((wait?.inMilliseconds ?? 0) + 5000)
    do {
      // Redis looks for these while the ones before them run here.
      let answer = try await reader.run(command, timeout: patience, atOnce: true)
      let deliveries = deliveries(StreamRow.list(in: answer, keys: keys))
      held.learn(from: deliveries)
      return deliveries
    } catch  where error.kind == .noGroup || error.kind == .unblocked {
      try await makeGroups()
      return isRepeated ? [] : try await read(streams, count: count, wait: wait, isRepeated: true)
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

  package func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    do throws(RedisError) {
      let answer = try await commands.run(.rescue, keys: keys.streams + [keys.workers, keys.steady]) {
        $0.append(keys.recordPrefix)
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(limit)
        $0.append(QueueKeys.handedBack)
        $0.append(Self.lifetime.inMilliseconds)
      }
      let rescued = deliveries(StreamRow.list(in: answer))
      return rescued.count < limit ? rescued + (try await missed(limit: limit - rescued.count)) : rescued
    } catch  where error.kind == .noGroup {
      try await makeGroups()
      return []
    } catch {
      held.doubt()
      throw QueueError(redis: error)
    }
  }

  private func missed(limit: Int) async throws(RedisError) -> [Delivery] {
    guard let known = held.listIfDoubtful else { return [] }
    let answer = try await commands.run(.missed, keys: keys.streams) {
      $0.append(QueueKeys.group)
      $0.append(worker)
      $0.append(limit)
      for entry in known { $0.append(entry) }
    }
    let missed = deliveries(StreamRow.list(in: answer))
    // A full page has more behind it.
    if missed.count < limit { held.looked() }
    if !missed.isEmpty {
      logger.warning("found deliveries whose answer was lost", metadata: ["count": "\(missed.count)"])
    }
    return missed
  }

  private func deliveries(_ rows: [StreamRow]) -> [Delivery] {
    rows.compactMap { row in
      guard let entry = row.entry.text.flatMap({ EntryID($0) }) else { return nil }
      let isNew = held.hold(row.priority, entry)
      if let delivery = Delivery(row.priority, entry: entry, fields: row.fields) { return delivery }
      // It stays pending under this worker's name, visible to `millrace doctor`, and harms nobody.
      if isNew { logger.error("undecodable stream entry", metadata: ["entry": "\(entry)"]) }
      return nil
    }
  }
}
