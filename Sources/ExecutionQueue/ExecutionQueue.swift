// The seam between the services and whatever keeps the executions. Redis Streams is the real backend, memory the one
// for tests; both pass one behaviour suite.

package import NIOCore

/// Ingest's side. An instance belongs to one event loop; `admit` is called on it.
package protocol AdmissionQueue: Sendable {
  var eventLoop: any EventLoop { get }
  /// Keeps the execution; all that are submitted in one event-loop turn travel together. `completion` runs once, on the
  /// event loop; its error is a `QueueError`.
  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void)
  /// What is known of an execution: nil when nothing is, or no longer.
  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?>
}

extension AdmissionQueue {
  package func admit(_ execution: NewExecution) -> EventLoopFuture<Admission> {
    let promise = eventLoop.makePromise(of: Admission.self)
    admit(execution) { promise.completeWith($0) }
    return promise.futureResult
  }
}

package enum RecordDetail: Sendable {
  /// State, message, output and reply: what a caller may see.
  case outcome
  /// The payload and every node's record too.
  case everything
}

/// The replies for one ingest process.
package protocol ReplyQueue: Sendable {
  /// Waits up to `wait` for replies, in the order of their arrival; an empty list when none came.
  func replies(waiting wait: Duration) async throws(QueueError) -> [QueuedReply]
  /// Keeps the inbox alive; workers do not write into one that nobody keeps.
  func keepOpen() async throws(QueueError)
  /// Forgets the inbox: replies for it are no longer written.
  func close() async throws(QueueError)
}

package struct QueuedReply: Sendable {
  package let token: ExecutionToken
  package let state: ExecutionState
  package let message: String?
  /// The reply or output; nil when it has to be read from the record.
  package let reply: [UInt8]?
  package let output: [UInt8]?
  package let isComplete: Bool

  package init(
    token: ExecutionToken, state: ExecutionState, message: String?, reply: [UInt8]?, output: [UInt8]?, isComplete: Bool
  ) {
    self.token = token
    self.state = state
    self.message = message
    self.reply = reply
    self.output = output
    self.isComplete = isComplete
  }
}

/// A worker's side. An instance is one worker incarnation.
package protocol DeliveryQueue: Sendable {
  /// Says that this worker lives, for a few seconds more.
  func heartbeat() async throws(QueueError)
  /// Whether this worker has been heard without a gap since then, so that nobody can have taken its deliveries over.
  func wasHeard(since moment: ContinuousClock.Instant) -> Bool
  /// Says that this worker is gone; what it still holds is free for others at once.
  func leave() async throws(QueueError)
  /// Up to `limit` new deliveries, after waiting at most `wait` for the first.
  func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery]
  /// Deliveries of dead workers, and those handed back, up to `limit`; this worker holds them now.
  func rescue(limit: Int) async throws(QueueError) -> [Delivery]
  /// Takes the fence. Nil when the delivery is somebody else's by now.
  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease?
  /// Makes fields durable. False when the lease has been lost; then nothing was written.
  func checkpoint(_ lease: Lease, _ fields: [CheckpointField]) async throws(QueueError) -> Bool
  /// Answers the waiting caller while the execution goes on. False when the lease has been lost.
  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool
  /// Ends the execution. False when the lease has been lost; true again when repeated after a lost answer.
  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool
  /// Frees a delivery for another worker; `lease` if it had begun. Counts as no attempt. False when it is somebody
  /// else's by now.
  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool
}

/// What people and dashboards read.
package protocol QueueInspection: Sendable {
  func depth() async throws(QueueError) -> QueueDepth
  func workers() async throws(QueueError) -> [WorkerRecord]
}
