// What a request's audit record needs besides its head: what the routes have found out, and what the answer says.

package import AuditLog
import NIOCore

/// Belongs to a request.
package struct AuditFacts: Sendable {
  /// False for addresses that are none of a webhook.
  package var isWanted = true
  /// The key; nil while none has been found.
  package var workflow: String?
  /// As many as have been read.
  package var bodyBytes = 0
  /// Who has been verified, and by which secret.
  package var verified: String?
}

/// Belongs to an answer.
package struct AuditNote: Sendable {
  package var outcome = AuditOutcome.accepted
  package var check: AuditCheck?
  /// The problem's name.
  package var reason: String?
  /// For the operator alone.
  package var why: String?
}

extension AuditTrail {
  func record(
    _ answer: HTTPAnswer, to request: IncomingRequest, after time: TimeAmount, isUnanswered: Bool = false
  ) {
    guard request.audit.isWanted else { return }
    let note = answer.audit
    record(
      AuditRecord(
        requestID: request.requestID, method: request.method, path: request.path, workflow: request.audit.workflow,
        client: request.clientAddress, status: answer.status, outcome: note.outcome, check: note.check,
        reason: note.reason, why: note.why ?? request.audit.verified, executionID: answer.executionID,
        isUnanswered: isUnanswered,
        bodyBytes: request.audit.bodyBytes, microseconds: Int(time.nanoseconds / 1000)))
  }

  /// The client went away before its request was there.
  func record(aborted request: IncomingRequest) {
    guard request.audit.isWanted else { return }
    record(
      AuditRecord(
        requestID: request.requestID, method: request.method, path: request.path, workflow: request.audit.workflow,
        client: request.clientAddress, status: nil, outcome: .aborted, isUnanswered: true,
        bodyBytes: request.audit.bodyBytes))
  }

  /// What the parser refused has no head that could be told.
  func record(_ problem: Problem, requestID: String, from client: String) {
    record(
      AuditRecord(
        requestID: requestID, method: "", path: "", client: client, status: problem.status, outcome: .refused,
        check: problem.check, reason: problem.name.rawValue, why: problem.why))
  }
}
