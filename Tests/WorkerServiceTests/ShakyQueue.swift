// A queue whose connection comes and goes: the first calls of a kind fail, and what was said is written down.

import ExecutionQueue
import Synchronization

final class ShakyQueue: DeliveryQueue {
  enum Call: String, Sendable { case heartbeat, leave, take, rescue, begin, checkpoint, reply, settle, handBack }

  private let queue: any DeliveryQueue
  private let failures: Mutex<[Call: Int]>
  private let calls = Mutex<[Call]>([])

  /// `failures` says how many calls of a kind fail before one succeeds.
  init(_ queue: any DeliveryQueue, failures: [Call: Int]) {
    self.queue = queue
    self.failures = Mutex(failures)
  }

  /// The calls that succeeded, in their order.
  var made: [Call] { calls.withLock { $0 } }
  func count(_ call: Call) -> Int { made.count { $0 == call } }

  private func pass(_ call: Call) throws(QueueError) {
    let fails = failures.withLock { failures in
      let left = failures[call] ?? 0
      failures[call] = max(0, left - 1)
      return left > 0
    }
    if fails { throw QueueError(.unavailable, "away") }
    calls.withLock { $0.append(call) }
  }

  func heartbeat() async throws(QueueError) {
    try pass(.heartbeat)
    try await queue.heartbeat()
  }
  func wasHeard(since moment: ContinuousClock.Instant) -> Bool { queue.wasHeard(since: moment) }
  func leave() async throws(QueueError) {
    try pass(.leave)
    try await queue.leave()
  }
  func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    try pass(.take)
    return try await queue.take(limit: limit, waiting: wait)
  }
  func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    try pass(.rescue)
    return try await queue.rescue(limit: limit)
  }
  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    try pass(.begin)
    return try await queue.begin(delivery)
  }
  func checkpoint(_ lease: Lease, _ fields: [CheckpointField]) async throws(QueueError) -> Bool {
    try pass(.checkpoint)
    return try await queue.checkpoint(lease, fields)
  }
  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    try pass(.reply)
    return try await queue.reply(lease, reply)
  }
  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    try pass(.settle)
    return try await queue.settle(lease, settlement)
  }
  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool {
    try pass(.handBack)
    return try await queue.handBack(delivery, lease: lease)
  }
}
