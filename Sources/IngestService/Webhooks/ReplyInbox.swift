// Who waits for which reply in this process. One reader takes the replies of all callers from the queue and resumes
// each by the token of its execution; a second look at the record finds what the reader has missed.

package import ExecutionQueue
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

package final class ReplyInbox: Service {
  package let name: String
  private let queue: any ReplyQueue
  private let limit: Int
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var waiters: [ExecutionToken: Waiter] = [:]
    /// Nobody waits any more: the process stops.
    var isOver = false
  }

  private struct Waiter {
    let promise: EventLoopPromise<ExecutionOutcome?>
    /// Known once the execution is admitted. A repeated webhook has none: it waits for another one's execution.
    var id: ExecutionID?
    var admissions: (any AdmissionQueue)?
    /// The reply is in the record: it was too large for the inbox.
    var isInRecord = false
    var lookAt: ContinuousClock.Instant
  }

  /// How long the reader may be late before the record is asked.
  private static let doubt: Duration = .seconds(1)
  private static let keepOpenInterval: Duration = .seconds(1)

  package init(name: String, queue: any ReplyQueue, limit: Int, logger: Logger) {
    self.name = name
    self.queue = queue
    self.limit = limit
    self.logger = logger
  }

  package var count: Int { state.withLock { $0.waiters.count } }
  var isFull: Bool { count >= limit }

  // MARK: waiting

  /// The future gives nil when the waiter was forgotten: its time is over, its connection is gone, or its admission
  /// failed. Nil at once when as many wait as may.
  func wait(for token: ExecutionToken, on eventLoop: any EventLoop) -> EventLoopFuture<ExecutionOutcome?>? {
    state.withLock { state -> EventLoopFuture<ExecutionOutcome?>? in
      guard state.waiters.count < limit else { return nil }
      guard !state.isOver else { return eventLoop.makeSucceededFuture(nil) }
      let promise = eventLoop.makePromise(of: ExecutionOutcome?.self)
      state.waiters[token] = Waiter(promise: promise, id: nil, admissions: nil, lookAt: .now + Self.doubt)
      return promise.futureResult
    }
  }

  func admitted(_ id: ExecutionID, admissions: any AdmissionQueue) {
    let isInRecord = state.withLock { state in
      state.waiters[id.token]?.id = id
      state.waiters[id.token]?.admissions = admissions
      return state.waiters[id.token]?.isInRecord ?? false
    }
    if isInRecord { look(at: id.token) }
  }

  func isWaiting(_ token: ExecutionToken) -> Bool { state.withLock { $0.waiters[token] != nil } }

  func forget(_ token: ExecutionToken) {
    resume(token, with: nil)
  }

  /// Also those that come from now on.
  func forgetAll() {
    let waiters = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.promise.succeed(nil) }
  }

  func resume(_ token: ExecutionToken, with outcome: ExecutionOutcome?) {
    take(token)?.promise.succeed(outcome)
  }

  func fail(_ token: ExecutionToken, with error: any Error) {
    take(token)?.promise.fail(error)
  }

  private func take(_ token: ExecutionToken) -> Waiter? {
    state.withLock { $0.waiters.removeValue(forKey: token) }
  }

  // MARK: reading

  package func run() async throws {
    // The server stops before this service is told to: by then the last caller has been answered.
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.readReplies() }
        group.addTask { await self.lookAfterDoubtful() }
      }
    }
    try? await queue.close()
  }

  private func readReplies() async {
    var keptOpen: ContinuousClock.Instant?
    var isAway = false
    while !Task.isCancelled {
      do {
        if keptOpen.map({ .now - $0 > Self.keepOpenInterval }) ?? true {
          try await queue.keepOpen()
          keptOpen = .now
        }
        for reply in try await queue.replies(waiting: .seconds(1)) { deliver(reply) }
        isAway = false
      } catch {
        if !isAway { logger.warning("cannot read replies", metadata: ["error": "\(error)"]) }
        isAway = true
        keptOpen = nil
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  private func deliver(_ reply: QueuedReply) {
    guard reply.isComplete else {
      state.withLock { $0.waiters[reply.token]?.isInRecord = true }
      return look(at: reply.token)
    }
    resume(reply.token, with: ExecutionOutcome(reply))
  }

  // MARK: looking into the record

  private func lookAfterDoubtful() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(250))
      let now = ContinuousClock.now
      let doubtful = state.withLock { state in
        let tokens = state.waiters.filter { $0.value.lookAt <= now && $0.value.id != nil }.map(\.key)
        for token in tokens { state.waiters[token]?.lookAt = now + Self.doubt }
        return tokens
      }
      for token in doubtful { look(at: token) }
    }
  }

  private func look(at token: ExecutionToken) {
    let found = state.withLock { $0.waiters[token] }
    guard let waiter = found, let id = waiter.id, let admissions = waiter.admissions else {
      return  // not admitted yet as far as this process knows; it looks again when it is
    }
    let loop = waiter.promise.futureResult.eventLoop
    loop.flatSubmit { admissions.record(of: id, detail: .outcome) }.whenSuccess { record in
      if let outcome = record.flatMap({ ExecutionOutcome($0) }) { self.resume(token, with: outcome) }
    }
  }
}
