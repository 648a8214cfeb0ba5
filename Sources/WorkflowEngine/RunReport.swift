// What the engine hands back: an outcome that the worker turns into one settlement.

package import JSONCodec
package import Workflows

package enum Outcome: Sendable {
  case succeeded
  /// A node said no: an unexpected answer, a condition that does not hold, an `end` node.
  case failed(message: String, node: String?)
  /// Something broke: a template that cannot be evaluated, a limit of the engine.
  case error(message: String, node: String?)
  /// The execution's own deadline passed.
  case timedOut
  /// Nothing can be done now; to be run again later.
  case suspended(Suspension)
  /// The journal refused, or the task was cancelled: settle nothing, another worker goes on.
  case abandoned(reason: any Error)
}

package struct RunReport: Sendable {
  package let outcome: Outcome
  /// The value of the `output` node that ran last.
  package let output: JSON?
  /// The reply of a `response` node that ended the execution; not sent yet.
  package let reply: Reply?
  /// Records that no checkpoint holds yet, for the settlement to write.
  package let records: [NodeRecord]
  /// Whether it ended because something went wrong, and not because the workflow says so.
  package let isDeadLetter: Bool
}
