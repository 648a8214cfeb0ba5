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
  private let waiters = Mutex<[ExecutionToken: Waiter]>([:])

  private struct Waiter {
    let promise: EventLoopPromise<ExecutionOutcome?>
    /// Known once the execution is admitted.
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

  package var count: Int { waiters.withLock { $0.count } }
  var isFull: Bool { count >= limit }

  // MARK: waiting

  /// Nil means that the waiter was forgotten: its time is over, or its admission failed.
  func wait(for token: ExecutionToken, on eventLoop: any EventLoop) -> EventLoopFuture<ExecutionOutcome?> {
    let promise = eventLoop.makePromise(of: ExecutionOutcome?.self)
    let waiter = Waiter(promise: promise, id: nil, admissions: nil, lookAt: .now + Self.doubt)
    waiters.withLock { $0[token] = waiter }
    return promise.futureResult
  }

  func admitted(_ id: ExecutionID, admissions: any AdmissionQueue) {
    let isInRecord = waiters.withLock { waiters in
      waiters[id.token]?.id = id
      waiters[id.token]?.admissions = admissions
      return waiters[id.token]?.isInRecord ?? false
    }
    if isInRecord { look(at: id.token) }
  }

  func forget(_ token: ExecutionToken) {
    resume(token, with: nil)
  }

  private func resume(_ token: ExecutionToken, with outcome: ExecutionOutcome?) {
    waiters.withLock { $0.removeValue(forKey: token) }?.promise.succeed(outcome)
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
      waiters.withLock { $0[reply.token]?.isInRecord = true }
      return look(at: reply.token)
    }
    resume(reply.token, with: ExecutionOutcome(reply))
  }

  // MARK: looking into the record

  private func lookAfterDoubtful() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(250))
      let now = ContinuousClock.now
      let doubtful = waiters.withLock { waiters in
        let tokens = waiters.filter { $0.value.lookAt <= now && $0.value.id != nil }.map(\.key)
        for token in tokens { waiters[token]?.lookAt = now + Self.doubt }
        return tokens
      }
      for token in doubtful { look(at: token) }
    }
  }

  private func look(at token: ExecutionToken) {
    guard let waiter = waiters.withLock({ $0[token] }), let id = waiter.id, let admissions = waiter.admissions else {
      return  // not admitted yet as far as this process knows; it looks again when it is
    }
    let loop = waiter.promise.futureResult.eventLoop
    loop.flatSubmit { admissions.record(of: id, detail: .outcome) }.whenSuccess { record in
      if let outcome = record.flatMap({ ExecutionOutcome($0) }) { self.resume(token, with: outcome) }
    }
  }
}
