// A queue whose connection comes and goes: the first calls of a kind fail, and what was said is written down. A test may
// look on, and say whether the worker has been heard.

import ExecutionQueue
import Synchronization

final class ShakyQueue: DeliveryQueue {
  enum Call: String, Sendable {
    case heartbeat, leave, take, rescue, begin, checkpoint, reply, settle, handBack, suspend, close, reserve, promote
  }

  private let queue: any DeliveryQueue
  private let failures: Mutex<[Call: Int]>
  private let calls = Mutex<[Call]>([])
  private let hears: (@Sendable (ContinuousClock.Instant) -> Bool)?
  private let observe: @Sendable (Call) -> Void

  /// `failures` says how many calls of a kind fail before one succeeds; `observe` is told of all of them.
  init(
    _ queue: any DeliveryQueue, failures: [Call: Int] = [:],
    hears: (@Sendable (ContinuousClock.Instant) -> Bool)? = nil, observe: @escaping @Sendable (Call) -> Void = { _ in }
  ) {
    self.queue = queue
    self.failures = Mutex(failures)
    self.hears = hears
    self.observe = observe
  }

  /// The calls that succeeded, in their order.
  var made: [Call] { calls.withLock { $0 } }
  func count(_ call: Call) -> Int { made.count { $0 == call } }

  private func pass(_ call: Call) throws(QueueError) {
    observe(call)
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
  func wasHeard(since moment: ContinuousClock.Instant) -> Bool { hears?(moment) ?? queue.wasHeard(since: moment) }
  func leave() async throws(QueueError) {
    try pass(.leave)
    try await queue.leave()
  }
  func take(_ intake: Intake, limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    try pass(.take)
    return try await queue.take(intake, limit: limit, waiting: wait)
  }
  func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    try pass(.rescue)
    return try await queue.rescue(limit: limit)
  }
  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    try pass(.begin)
    return try await queue.begin(delivery)
  }
  func checkpoint(
    _ lease: Lease, _ fields: [CheckpointField], callbacks: [String]
  ) async throws(QueueError) -> Bool {
    try pass(.checkpoint)
    return try await queue.checkpoint(lease, fields, callbacks: callbacks)
  }
  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    try pass(.reply)
    return try await queue.reply(lease, reply)
  }
  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    try pass(.settle)
    return try await queue.settle(lease, settlement)
  }
  func suspend(_ lease: Lease, _ wait: Wait) async throws(QueueError) -> Bool {
    try pass(.suspend)
    return try await queue.suspend(lease, wait)
  }
  func close(_ lease: Lease, callback: String) async throws(QueueError) -> CallbackClosing {
    try pass(.close)
    return try await queue.close(lease, callback: callback)
  }
  func reserve(_ name: String, spacing: Int64) async throws(QueueError) -> Int64 {
    try pass(.reserve)
    return try await queue.reserve(name, spacing: spacing)
  }
  func promote(limit: Int) async throws(QueueError) -> (count: Int, next: Duration?) {
    try pass(.promote)
    return try await queue.promote(limit: limit)
  }
  func tendLanes(_ concurrency: [String: Int?]) async throws(QueueError) { try await queue.tendLanes(concurrency) }
  func canceled() async throws(QueueError) -> Set<ExecutionToken> { try await queue.canceled() }
  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool {
    try pass(.handBack)
    return try await queue.handBack(delivery, lease: lease)
  }
}
