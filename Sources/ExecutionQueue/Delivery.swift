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
  package let payload: ByteBuffer

  init(
    priority: Priority, entry: EntryID, token: ExecutionToken, workflow: String, inbox: String?, payload: ByteBuffer
  ) {
    self.priority = priority
    self.entry = entry
    self.token = token
    self.workflow = workflow
    self.inbox = inbox
    self.payload = payload
  }
}

/// The right to run one execution: every write it makes is refused once somebody else has begun it.
package final class Lease: Sendable {
  package let id: ExecutionID
  package let delivery: Delivery
  /// The fence: 1 for the first run, one more for each that followed.
  package let epoch: Int
  /// How often a worker died while it ran this execution.
  package let crashes: Int
  /// Whether an early reply was given in an earlier run.
  package let replied: Bool
  /// What earlier runs checkpointed, by path.
  package let checkpoint: [CheckpointField]

  init(
    id: ExecutionID, delivery: Delivery, epoch: Int, crashes: Int, replied: Bool, checkpoint: [CheckpointField]
  ) {
    self.id = id
    self.delivery = delivery
    self.epoch = epoch
    self.crashes = crashes
    self.replied = replied
    self.checkpoint = checkpoint
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

  package init(
    state: ExecutionState, message: String? = nil, output: [UInt8]? = nil, reply: [UInt8]? = nil,
    fields: [CheckpointField] = [], keep: Duration
  ) {
    self.state = state
    self.message = message
    self.output = output
    self.reply = reply
    self.fields = fields
    self.keep = keep
  }
}

/// product.md section 7. `waiting` and `canceled` are reached once retries, timers and cancelling exist.
package enum ExecutionState: String, Sendable, CaseIterable {
  case queued, running, waiting, succeeded, failed, error, timedOut, canceled

  package var isFinal: Bool {
    switch self {
    case .queued, .running, .waiting: false
    case .succeeded, .failed, .error, .timedOut, .canceled: true
    }
  }
}
