// Looks for the outcome of an execution that another webhook has started, perhaps through another ingest process, as
// long as somebody waits for it.

import ExecutionQueue
import NIOCore

struct FirstOutcome: Sendable {
  /// The first one's execution.
  let id: ExecutionID
  let admissions: any AdmissionQueue
  let inbox: ReplyInbox
  /// Under which the repeated webhook waits in the inbox.
  let token: ExecutionToken

  private static let shortest = TimeAmount.milliseconds(10)
  private static let longest = TimeAmount.milliseconds(250)

  /// Ends the waiting when the outcome is there, or the execution's record is not kept any more. The future, which does
  /// not fail, is fulfilled after the first look.
  func follow() -> EventLoopFuture<Void> { look(pause: Self.shortest) }

  private func look(pause: TimeAmount) -> EventLoopFuture<Void> {
    admissions.record(of: id, detail: .outcome).map { record -> Void in
      guard let record else { return inbox.forget(token) }
      if let outcome = ExecutionOutcome(record) { return inbox.resume(token, with: outcome) }
      admissions.eventLoop.scheduleTask(in: pause) {
        guard inbox.isWaiting(token) else { return }
        _ = look(pause: min(.nanoseconds(pause.nanoseconds * 3 / 2), Self.longest))
      }
    }
    .recover { inbox.fail(token, with: $0) }
  }
}
