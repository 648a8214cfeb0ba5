// `GET /api/executions/<id>/result`: the reply of an execution, for callers that could not or would not wait.

import AuditLog
import ExecutionQueue
import Logging
import NIOCore

struct ResultRoute: Sendable {
  let admissions: any AdmissionQueue
  let gate: AdmissionGate

  func judge(_ request: IncomingRequest, id: Substring) -> HeadVerdict {
    guard request.method == "GET" || request.method == "HEAD" else {
      return .answer(Problem.methodNotAllowed(["GET", "HEAD"]).answer(requestID: request.requestID))
    }
    let unknown = Problem(
      status: 404, name: .executionNotFound, title: "Execution not found",
      detail: "There is no such execution, or its result is no longer kept.")
    guard let id = ExecutionID(id) else { return .answer(unknown.answer(requestID: request.requestID)) }
    let answer = admissions.record(of: id, detail: .outcome).map { record in
      guard let record else { return unknown.answer(requestID: request.requestID) }
      guard let outcome = ExecutionOutcome(record) else {
        var answer = HTTPAnswer.json(
          202, "{\"executionId\":\"\(id)\",\"status\":\"\(record.state.rawValue)\"}", headers: [("retry-after", "1")])
        answer.executionID = id.description
        return answer
      }
      return outcome.answer(id: id, requestID: request.requestID)
    }
    .flatMapErrorThrowing { [gate] error in
      if let error = error as? QueueError { gate.report(error, "results cannot be read") }
      return Problem.unavailable("The result cannot be read now.").answer(requestID: request.requestID)
    }
    return .later(answer)
  }
}
