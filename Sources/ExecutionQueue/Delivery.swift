// What a worker holds: first a delivery, then a lease on it, at the end a settlement.

package import NIOCore

/// A stream entry in this worker's hands that has not begun yet.
/// A class, like `Lease`, because it travels through many hands: one reference to count instead of many.
package final class Delivery: Sendable {
  package let priority: Priority
  package let entry: EntryID
  package let token: ExecutionToken
  package let workflow: String
  package let inbox: String?
  /// Nil when the record has it: then `origin` is the entry of the execution's id.
  package let payload: ByteBuffer?
  package let origin: EntryID?
  /// How often a worker has died while it ran this execution, as far as the queue tells before it begins.
  package let crashes: Int

  init(
    priority: Priority, entry: EntryID, token: ExecutionToken, workflow: String, inbox: String?, payload: ByteBuffer?,
    origin: EntryID? = nil, crashes: Int = 0
  ) {
    self.priority = priority
    self.entry = entry
    self.token = token
    self.workflow = workflow
    self.inbox = inbox
    self.payload = payload
    self.origin = origin
    self.crashes = crashes
  }
}

/// The right to run one execution: every write it makes is refused once somebody else has begun it.
package final class Lease: Sendable {
  package let id: ExecutionID
  package let delivery: Delivery
  /// The fence: another number for each run.
  package let epoch: Int
  /// How often a worker died while it ran this execution.
  package let crashes: Int
  /// Whether an early reply was given in an earlier run.
  package let replied: Bool
  /// What earlier runs checkpointed, by path.
  package let checkpoint: [CheckpointField]
  /// What came for its callbacks.
  package let arrivals: [String: [UInt8]]
  package let payload: ByteBuffer
  /// Milliseconds since 1970 by the queue's clock: when this run began, and when the execution's time began to count.
  package let now: Int64
  package let since: Int64

  init(
    id: ExecutionID, delivery: Delivery, epoch: Int, crashes: Int = 0, replied: Bool = false,
    checkpoint: [CheckpointField] = [], arrivals: [String: [UInt8]] = [:], payload: ByteBuffer, now: Int64, since: Int64
  ) {
    self.id = id
    self.delivery = delivery
    self.epoch = epoch
    self.crashes = crashes
    self.replied = replied
    self.checkpoint = checkpoint
    self.arrivals = arrivals
    self.payload = payload
    self.now = now
    self.since = since
  }
}

/// One durable fact of a running execution. The queue does not look into the bytes.
package struct CheckpointField: Sendable, Equatable {
  package let path: String
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// How an execution ended, with all that is kept of it.
package struct Settlement: Sendable {
  package var state: ExecutionState
  package var message: String?
  package var output: [UInt8]?
  package var reply: [UInt8]?
  package var fields: [CheckpointField]
  /// How long the record is kept; zero keeps nothing (a reply stays readable for a minute).
  package var keep: Duration
  /// Why it goes to the dead letters; nil when it does not.
  package var dead: DeadLetterReason?

  package init(
    state: ExecutionState, message: String? = nil, output: [UInt8]? = nil, reply: [UInt8]? = nil,
    fields: [CheckpointField] = [], keep: Duration, dead: DeadLetterReason? = nil
  ) {
    self.dead = dead
    self.state = state
    self.message = message
    self.output = output
    self.reply = reply
    self.fields = fields
    self.keep = keep
  }
}

/// Until when and for what an execution waits, with all that is kept of its run.
package struct Wait: Sendable {
  /// Milliseconds since 1970 by the queue's clock.
  package var until: Int64
  /// Callbacks that end the waiting at once.
  package var callbacks: [String]
  package var fields: [CheckpointField]

  package init(until: Int64, callbacks: [String] = [], fields: [CheckpointField] = []) {
    self.until = until
    self.callbacks = callbacks
    self.fields = fields
  }
}

package enum DeadLetterReason: String, Sendable, CaseIterable {
  /// A node failed, after all its attempts.
  case failed
  /// Its worker died too often.
  case crashes
  /// Its stream entry, webhook or record cannot be read, or its workflow is not there any more.
  case unreadable
}

/// What became of a callback that its execution gives up.
package enum CallbackClosing: Sendable, Equatable {
  /// Nobody has used it, and nobody can any more.
  case closed
  /// Somebody was in time.
  case arrived([UInt8])
  /// The lease has been lost.
  case lost
}

/// product.md section 7.
package enum ExecutionState: String, Sendable, CaseIterable {
  case queued, running, waiting, succeeded, failed, error, timedOut, canceled

  package var isFinal: Bool {
    switch self {
    case .queued, .running, .waiting: false
    case .succeeded, .failed, .error, .timedOut, .canceled: true
    }
  }
}
