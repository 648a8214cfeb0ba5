// Waits for the outcome of an execution that another webhook has started, perhaps through another ingest process.

import ExecutionQueue
import NIOCore

struct FirstOutcome: Sendable {
  let id: ExecutionID
  let admissions: any AdmissionQueue
  let deadline: NIODeadline

  private static let shortest = TimeAmount.milliseconds(10)
  private static let longest = TimeAmount.milliseconds(250)

  /// Nil when the time is over, or the execution's record is not kept any more.
  func wait() -> EventLoopFuture<ExecutionOutcome?> { look(pause: Self.shortest) }

  private func look(pause: TimeAmount) -> EventLoopFuture<ExecutionOutcome?> {
    let loop = admissions.eventLoop
    return admissions.record(of: id, detail: .outcome).flatMap { record in
      guard let record else { return loop.makeSucceededFuture(nil) }
      if let outcome = ExecutionOutcome(record) { return loop.makeSucceededFuture(outcome) }
      guard loop.now + pause < deadline else { return loop.makeSucceededFuture(nil) }
      return loop.flatScheduleTask(in: pause) {
        look(pause: min(.nanoseconds(pause.nanoseconds * 3 / 2), Self.longest))
      }.futureResult
    }
  }
}
