// The seam between the services and whatever keeps the executions. Redis Streams is the real backend, memory the one
// for tests; both pass one behaviour suite.

package import NIOCore

/// Ingest's side. An instance belongs to one event loop; `admit` is called on it.
package protocol AdmissionQueue: Sendable {
  var eventLoop: any EventLoop { get }
  /// Whether nothing can be sent now; what was sent before may have been kept or not.
  var isAway: Bool { get }
  /// Keeps the execution; all that are submitted in one event-loop turn travel together. `completion` runs once, on the
  /// event loop; its error is a `QueueError`.
  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void)
  /// What is known of an execution: nil when nothing is, or no longer.
  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?>
  /// Keeps what came for a callback; its execution goes on if that waits for it.
  func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption>
}

package enum Resumption: String, Sendable {
  case resumed = "OK"
  /// Something came before; that counts.
  case again = "AGAIN"
  /// The execution has given up waiting, or has ended.
  case over = "OVER"
  case unknown = "UNKNOWN"
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

/// Urgent work is read on its own, so that it need not wait behind the rest.
package enum Intake: Sendable, CaseIterable {
  /// The high priority: synchronous calls among others.
  case urgent
  /// The normal and the low one.
  case regular

  package var priorities: [Priority] {
    switch self {
    case .urgent: [.high]
    case .regular: [.normal, .low]
    }
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
  /// Up to `limit` new deliveries of these priorities, after waiting at most `wait` for the first. At most one call for
  /// each set of priorities at a time.
  func take(_ intake: Intake, limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery]
  /// Deliveries of dead workers, and those handed back, up to `limit`; this worker holds them now. An execution that has
  /// killed its worker too often becomes a dead letter instead.
  func rescue(limit: Int) async throws(QueueError) -> [Delivery]
  /// Takes the fence. Nil when the delivery is somebody else's by now.
  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease?
  /// Makes fields durable, and from now on callbacks may come. False when the lease has been lost; then nothing was
  /// written.
  func checkpoint(_ lease: Lease, _ fields: [CheckpointField], callbacks: [String]) async throws(QueueError) -> Bool
  /// Answers the waiting caller while the execution goes on. False when the lease has been lost.
  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool
  /// Ends the execution. False when the lease has been lost; true again when repeated after a lost answer, unless the
  /// record is not kept at all.
  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool
  /// Lets the execution wait, held by nobody. False when the lease has been lost; true again when repeated after a lost
  /// answer.
  func suspend(_ lease: Lease, _ wait: Wait) async throws(QueueError) -> Bool
  /// Gives a callback up.
  func close(_ lease: Lease, callback: String) async throws(QueueError) -> CallbackClosing
  /// Reserves the next moment (milliseconds by the queue's clock) in a sequence of so many microseconds from one to the
  /// next.
  func reserve(_ name: String, spacing: Int64) async throws(QueueError) -> Int64
  /// Frees a delivery for another worker; `lease` if it had begun. Counts as no attempt. False when it is somebody
  /// else's by now.
  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool
  /// Lets up to `limit` waiting executions go on whose time has come: how many, and in how long the next is due.
  func promote(limit: Int) async throws(QueueError) -> (count: Int, next: Duration?)
  /// Says how many executions of which workflows may run at once, and lets in those that find room now. A workflow that
  /// is not named has no limit; with nil it keeps the one it has.
  func tendLanes(_ concurrency: [String: Int?]) async throws(QueueError)
  /// Executions that were cancelled in the last minute.
  func canceled() async throws(QueueError) -> Set<ExecutionToken>
}

/// What operators do with executions.
package protocol QueueControl: Sendable {
  func cancel(_ id: ExecutionID, message: String, keep: Duration) async throws(QueueError) -> Cancellation
  /// Runs executions that have ended once more; `onlyDead` passes over those that are no dead letters (any more), so it
  /// is safe to repeat.
  func redrive(_ requests: [Redrive], onlyDead: Bool) async throws(QueueError) -> [RedriveAnswer]
}

package enum Cancellation: Sendable, Equatable {
  case canceled
  case over(ExecutionState)
  case unknown
}

package struct Redrive: Sendable, Equatable {
  package enum Start: Sendable, Equatable {
    /// Where it failed: what finished nodes came to stays.
    case failure
    case beginning
    /// Forgets what was checkpointed under these paths.
    case forgetting([String])
  }

  package let id: ExecutionID
  package let from: Start

  package init(_ id: ExecutionID, from start: Start = .failure) {
    self.id = id
    from = start
  }
}

package enum RedriveAnswer: String, Sendable {
  case redriven = "OK"
  /// It has not ended, or has been redriven already.
  case active = "ACTIVE"
  /// It is no longer kept, or its webhook is not.
  case gone = "GONE"
}

/// What people and dashboards read.
package protocol QueueInspection: Sendable {
  func depth() async throws(QueueError) -> QueueDepth
  func workers() async throws(QueueError) -> [WorkerRecord]
}
