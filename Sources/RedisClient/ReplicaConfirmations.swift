// Writes that the primary has done and that count when replicas have them too: one WAIT speaks for all that came before it.

import NIOCore

/// Redis runs nothing of a socket while a WAIT of it is under way, so several behind each other would add their times up:
/// there is one at most, and what is done meanwhile is in the next one. Pure: it collects, the handler acts.
struct ReplicaConfirmations {
  struct Write {
    let value: RedisValue
    let reply: EventLoopPromise<RedisValue>
    let deadline: NIODeadline
    let replicas: ReplicaWait
  }

  /// What one WAIT is for; it asks for as much as the most demanding of its writes.
  struct Round {
    let writes: [Write]
    var count: Int { writes.map(\.replicas.count).max() ?? 0 }
    var patience: TimeAmount { writes.map(\.replicas.patience).max() ?? .zero }
    var deadline: NIODeadline { writes.map(\.deadline).max() ?? .uptimeNanoseconds(0) }
  }

  private var collected: [Write] = []
  private var isUnderWay = false

  mutating func add(_ write: Write) { collected.append(write) }

  /// What to send a WAIT for now, or nil.
  mutating func next() -> Round? {
    guard !isUnderWay, !collected.isEmpty else { return nil }
    isUnderWay = true
    return Round(writes: removeAll())
  }

  /// The WAIT has its answer.
  mutating func answered() { isUnderWay = false }

  /// Those that no WAIT was sent for.
  mutating func removeAll() -> [Write] {
    defer { collected = [] }
    return collected
  }
}
