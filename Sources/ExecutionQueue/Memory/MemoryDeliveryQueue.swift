// A worker's side of the memory queue: what it asks for as steps of the queue's state.

import NIOCore
import Synchronization

struct MemoryDeliveryQueue: DeliveryQueue {
  let queue: MemoryQueue
  let worker: String

  func heartbeat() async throws(QueueError) {
    queue.state.withLock { state in
      state.workers[worker] = state.microseconds + queue.lifetime.microseconds
      state.forgetExpired()
    }
  }

  func wasHeard(since moment: ContinuousClock.Instant) -> Bool { queue.state.withLock { $0.isAlive(worker) } }

  func leave() async throws(QueueError) {
    _ = queue.step { $0.workers.removeValue(forKey: worker) }
  }

  func take(_ intake: Intake, limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    await queue.look(waiting: wait) { $0.take(intake.priorities, limit: limit, for: worker) }
  }

  func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    queue.step { $0.rescue(limit: limit, for: worker) }
  }

  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    queue.state.withLock { $0.begin(delivery, by: worker) }
  }

  func checkpoint(_ lease: Lease, _ fields: [CheckpointField], callbacks: [String]) async throws(QueueError) -> Bool {
    queue.state.withLock { $0.checkpoint(lease, fields, callbacks: callbacks) }
  }

  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    queue.step { $0.reply(lease, reply) }
  }

  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    queue.step { $0.settle(lease, settlement) }
  }

  func suspend(_ lease: Lease, _ wait: Wait) async throws(QueueError) -> Bool {
    queue.step { $0.suspend(lease, wait) }
  }

  func close(_ lease: Lease, callback: String) async throws(QueueError) -> CallbackClosing {
    queue.state.withLock { $0.close(lease, callback: callback) }
  }

  func reserve(_ name: String, spacing: Int64) async throws(QueueError) -> Int64 {
    queue.state.withLock { ($0.reserve(name, spacing: spacing) + 999) / 1000 }
  }

  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool {
    queue.step { $0.handBack(delivery, lease: lease, by: worker) }
  }

  func promote(limit: Int) async throws(QueueError) -> (count: Int, next: Duration?) {
    let (count, next) = queue.step { $0.promote(limit: limit) }
    return (count, next.map { .milliseconds($0) })
  }

  func tendLanes(_ concurrency: [String: Int?]) async throws(QueueError) {
    queue.step { $0.tendLanes(concurrency) }
  }

  func canceled() async throws(QueueError) -> Set<ExecutionToken> {
    queue.state.withLock { Set($0.canceled.keys) }
  }
}

extension MemoryQueue.State {
  private static let mostCrashes = 3
  private static let deadLetterLifetime: Int64 = 30 * 86_400_000
  private static let crashMessage = "its worker died \(mostCrashes) times while it ran"

  mutating func take(_ priorities: [Priority], limit: Int, for worker: String) -> [Delivery] {
    var taken: [Delivery] = []
    for priority in priorities {
      for index in streams[priority.rawValue].indices
      where taken.count < limit && streams[priority.rawValue][index].holder == nil {
        streams[priority.rawValue][index].holder = worker
        taken.append(delivery(streams[priority.rawValue][index], priority))
      }
    }
    return taken
  }

  mutating func rescue(limit: Int, for worker: String) -> [Delivery] {
    var rescued: [Delivery] = []
    var left = limit
    for priority in Priority.allCases {
      for holder in Set(streams[priority.rawValue].compactMap(\.holder)).sorted() {
        guard holder != worker, holder == MemoryQueue.handedBack || !isAlive(holder) else { continue }
        let entries = streams[priority.rawValue].filter { $0.holder == holder }.prefix(left)
        left -= entries.count
        for entry in entries {
          let hasCrashed = holder != MemoryQueue.handedBack && countCrash(entry, priority)
          if hasCrashed, (executions[entry.token]?.record.crashes ?? 0) >= Self.mostCrashes {
            bury(entry, priority)
          } else {
            let found = delivery(entry, priority, crashes: executions[entry.token]?.record.crashes ?? 0)
            hold(found, by: worker)
            rescued.append(found)
          }
        }
      }
    }
    return rescued
  }

  /// Only an execution that was running when its worker died.
  private mutating func countCrash(_ entry: MemoryQueue.Entry, _ priority: Priority) -> Bool {
    guard executions[entry.token]?.record.state == .running else { return false }
    executions[entry.token]?.record.crashes += 1
    executions[entry.token]?.record.state = .queued
    return true
  }

  private mutating func bury(_ entry: MemoryQueue.Entry, _ priority: Priority) {
    _ = take(entry.id, of: priority)
    executions[entry.token]?.record.epoch += 1
    leave(entry.token)
    finish(entry.token, .error, keep: Self.deadLetterLifetime, message: Self.crashMessage, dead: .crashes)
    post(entry.inbox, entry.token, .error, message: Self.crashMessage)
  }

  mutating func handBack(_ delivery: Delivery, lease: Lease?, by worker: String) -> Bool {
    guard holder(of: delivery) == worker else { return false }
    if let lease {
      guard executions[delivery.token]?.record.epoch == lease.epoch else { return false }
      executions[delivery.token]?.record.epoch += 1
      executions[delivery.token]?.record.state = .queued
    }
    hold(delivery, by: MemoryQueue.handedBack)
    return true
  }
}
