// The queue in this process's memory: the same rules as the Redis backend, for tests and for trying things out.

package import NIOCore
import Synchronization

package final class MemoryQueue: Sendable {
  struct Entry: Sendable {
    let delivery: Delivery
    /// Who holds it; nil while it waits.
    var holder: String?
  }

  struct State: Sendable {
    var entries: [Priority: [Entry]] = [:]
    var records: [ExecutionToken: ExecutionRecord] = [:]
    var workers: [String: ContinuousClock.Instant] = [:]
    var inboxes: [String: [QueuedReply]] = [:]
    var sequence: UInt64 = 0
    var first: [String: (id: ExecutionID, until: ContinuousClock.Instant)] = [:]
    var rates: [String: ContinuousClock.Instant] = [:]
    var definitions = MemoryDefinitions()
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var tickets: UInt64 = 0
    /// How often the bell rang: a waiter that looked before a ring must not sleep through it.
    var rings: UInt64 = 0
  }

  static let handedBack = "handed-back"

  let state = Mutex(State())
  let backlog: Int
  let lifetime: Duration

  /// `lifetime` is how long a worker counts as alive after a heartbeat.
  package init(backlog: Int = 1_000_000, lifetime: Duration = .seconds(4)) {
    self.backlog = backlog
    self.lifetime = lifetime
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

  /// Wakes everybody who waits for work or replies; they look again.
  func ring() {
    let waiting = state.withLock { state in
      state.rings += 1
      defer { state.waiting.removeAll() }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }

  /// Looks, and while there is nothing, waits for the bell or the end of `wait` and looks again.
  func look<Found: Sendable>(
    waiting wait: Duration, _ look: @Sendable (inout State) -> [Found]
  ) async -> [Found] {
    let deadline = ContinuousClock.now + wait
    while true {
      let (found, rings) = state.withLock { (look(&$0), $0.rings) }
      if !found.isEmpty || ContinuousClock.now >= deadline || Task.isCancelled { return found }
      await bell(after: rings, until: deadline)
    }
  }

  private func bell(after rings: UInt64, until deadline: ContinuousClock.Instant) async {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    let alarm = Task { [self] in
      try? await Task.sleep(until: deadline)
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.rings != rings || Task.isCancelled || ContinuousClock.now >= deadline { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
    alarm.cancel()
  }
}
