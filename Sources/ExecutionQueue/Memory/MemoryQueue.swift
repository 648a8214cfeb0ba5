// The queue in this process's memory: the same rules as the Redis backend as plain as they can be told, for tests and
// for trying things out. All of them are in `State`, as one function for each step.

import Foundation
package import NIOCore
import Synchronization

package final class MemoryQueue: Sendable {
  static let handedBack = "handed-back"

  let state: Mutex<State>
  let backlog: Int
  let lifetime: Duration
  private let bells = Mutex(Bells())

  private struct Bells {
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var tickets: UInt64 = 0
    /// How often the bell rang: a waiter that looked before a ring must not sleep through it.
    var rings: UInt64 = 0
  }

  /// `lifetime` is how long a worker counts as alive after a heartbeat; `clock` gives microseconds since 1970 and never
  /// goes back.
  package init(
    backlog: Int = 1_000_000, lifetime: Duration = .seconds(4), clock: @escaping @Sendable () -> Int64 = systemClock()
  ) {
    self.backlog = backlog
    self.lifetime = lifetime
    state = Mutex(State(clock: clock))
  }

  /// Goes on evenly, whatever becomes of the machine's time.
  package static func systemClock() -> @Sendable () -> Int64 {
    let (start, began) = (Int64(Date().timeIntervalSince1970 * 1_000_000), ContinuousClock.now)
    return { start + (ContinuousClock.now - began).microseconds }
  }

  package func admissions(on eventLoop: any EventLoop) -> some AdmissionQueue {
    MemoryAdmissionQueue(queue: self, eventLoop: eventLoop)
  }

  package func deliveries(worker: String) -> some DeliveryQueue {
    MemoryDeliveryQueue(queue: self, worker: worker)
  }

  package func replies(inbox: String) -> some ReplyQueue {
    MemoryReplyQueue(queue: self, inbox: inbox)
  }

  /// One step; then everybody who waits for work or replies looks again.
  func step<Result>(_ step: (inout State) -> Result) -> Result {
    let result = state.withLock { step(&$0) }
    let waiting = bells.withLock { bells in
      bells.rings += 1
      defer { bells.waiting.removeAll() }
      return bells.waiting
    }
    for continuation in waiting.values { continuation.resume() }
    return result
  }

  /// Looks, and while there is nothing, waits for the bell or the end of `wait` and looks again.
  func look<Found: Sendable>(
    waiting wait: Duration, _ look: @Sendable (inout State) -> [Found]
  ) async -> [Found] {
    let deadline = ContinuousClock.now + wait
    while true {
      let rings = bells.withLock { $0.rings }
      let found = state.withLock { look(&$0) }
      if !found.isEmpty || ContinuousClock.now >= deadline || Task.isCancelled { return found }
      await bell(after: rings, until: deadline)
    }
  }

  private func bell(after rings: UInt64, until deadline: ContinuousClock.Instant) async {
    let ticket = bells.withLock { bells in
      bells.tickets += 1
      return bells.tickets
    }
    let alarm = Task { [self] in
      try? await Task.sleep(until: deadline)
      bells.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = bells.withLock { bells in
          if bells.rings != rings || Task.isCancelled || ContinuousClock.now >= deadline { return true }
          bells.waiting[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      bells.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
    alarm.cancel()
  }
}
