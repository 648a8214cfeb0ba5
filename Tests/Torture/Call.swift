// One call that reached the target, in 32 bytes.

struct Call: Sendable {
  enum Outcome: UInt8, Sendable {
    case open
    case answered
    /// By a status that fails the node.
    case refused
    /// We closed the connection instead of answering.
    case closed
    /// The caller closed the connection before the answer.
    case broken
  }

  let high: UInt64
  /// The number of the webhook.
  let n: UInt32
  /// What the call says of the call before it: its serial number, mostly. After a loop the sum of its serial numbers.
  let from: UInt32
  let at: Moment
  var end: Moment
  let low: UInt16
  let workflow: TortureWorkflow
  let step: UInt8
  var outcome: Outcome
  /// Of a call that was refused: how long it asked the caller to wait, in seconds.
  var retryAfter: UInt8
  /// The number of the worker that made it; 0 when it did not say.
  let worker: UInt8

  var key: ExecutionKey { ExecutionKey(high: high, low: low) }

  /// It failed by our doing, and its node has to try again.
  var isFailed: Bool { outcome == .refused || outcome == .closed }
}
