// What the worker hands to the engine: one delivery with all that earlier attempts left behind.

import ProcessSupport
package import Workflows

package struct ExecutionInput: Sendable {
  package let id: String
  package let request: WebhookRequest
  /// 1 for the first run of this execution; failed tries of nodes count on from there.
  package let attempt: Int
  /// What workflows read as `$env`.
  package let environment: [String: String]
  /// What earlier runs checkpointed: these nodes are not run again.
  package let records: [NodeRecord]
  /// Whether an early reply was given in an earlier run.
  package let replied: Bool
  /// When the execution has to be over, its earlier runs included.
  package let deadline: ContinuousClock.Instant?
  package let clock: ExecutionClock
  /// What has come for callbacks, as JSON.
  package let arrivals: [String: [UInt8]]
  /// What the address of a callback begins with; execution id, dash and callback follow.
  package let resumeAddress: String

  package init(
    id: String, request: WebhookRequest, attempt: Int = 1, environment: [String: String] = [:],
    records: [NodeRecord] = [], replied: Bool = false, deadline: ContinuousClock.Instant? = nil,
    clock: ExecutionClock = ExecutionClock(milliseconds: WallClock.milliseconds),
    arrivals: [String: [UInt8]] = [:], resumeAddress: String = "/api/resume/"
  ) {
    self.clock = clock
    self.arrivals = arrivals
    self.resumeAddress = resumeAddress
    self.id = id
    self.request = request
    self.attempt = attempt
    self.environment = environment
    self.records = records
    self.replied = replied
    self.deadline = deadline
  }
}
