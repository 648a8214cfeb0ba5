// What keeps waiting executions moving: timers, lanes, callbacks that are given up, and the list of cancelled ones.

import NIOCore
import RedisClient

extension RedisDeliveryQueue {
  package func close(_ lease: Lease, callback: String) async throws(QueueError) -> CallbackClosing {
    let verdict = try await answer(
      commands.call(.closeCallback, keys: [keys.record(lease.id.token)]) {
        $0.append(keys.prefix)
        $0.append(lease.id.token.description)
        $0.append(lease.epoch)
        $0.append(callback)
      })
    switch verdict {
    case .integer(0):
      held.lose(lease.delivery)
      return .lost
    case .integer: return .closed
    default: return .arrived(verdict.byteArray ?? [])
    }
  }

  package func reserve(_ name: String, spacing: Int64) async throws(QueueError) -> Int64 {
    let moment = try await answer(
      commands.call(.reserve, keys: [keys.due]) {
        $0.append(keys.prefix)
        $0.append(name)
        $0.append(spacing)
      })
    guard let start = moment.array?.first?.int else {
      throw QueueError(.corrupt, "unexpected answer of the reserve script")
    }
    return start
  }

  package func promote(limit: Int) async throws(QueueError) -> (count: Int, next: Duration?) {
    let found = try await answer(
      housekeeping.call(.promote, keys: [keys.due]) {
        $0.append(keys.prefix)
        $0.append(limit)
      })
    guard let pair = found.array, pair.count == 2, let count = pair[0].int, let next = pair[1].int else {
      throw QueueError(.corrupt, "unexpected answer of the promote script")
    }
    return (Int(count), next < 0 ? nil : .milliseconds(next))
  }

  package func tendLanes(_ concurrency: [String: Int?]) async throws(QueueError) {
    _ = try await answer(
      housekeeping.call(.tendLanes, keys: [keys.lanes]) {
        $0.append(keys.prefix)
        for (workflow, limit) in concurrency {
          $0.append(Lanes.name(of: workflow))
          $0.append(limit.map { "\($0)" } ?? "")
        }
      })
  }

  package func canceled() async throws(QueueError) -> Set<ExecutionToken> {
    let tokens = try await answer(housekeeping.send(RedisCommand("ZRANGE", keys.canceled, "0", "-1")))
    return Set((tokens.array ?? []).compactMap { $0.text.flatMap { ExecutionToken($0) } })
  }
}
