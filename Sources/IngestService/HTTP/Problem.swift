// Every refusal as a problem document (RFC 9457): what was wrong, and what to do.

package import AuditLog
package import JSONCodec
import NIOCore

package struct Problem: Error, Sendable, Equatable {
  package let status: Int
  package let name: ProblemName
  package let title: String
  package let detail: String
  package var headers: [String: String] = [:]
  /// What it failed, for the audit log.
  package var check: AuditCheck?
  /// What the audit log says and the sender is not told.
  package var why: String?
  /// Further members of the document.
  package var members: JSONObject = [:]

  package func answer(requestID: String, executionID: String? = nil) -> HTTPAnswer {
    var document: JSONObject = [
      "type": .string("urn:millrace:problem:\(name.rawValue)"), "title": .string(title), "status": .int(Int64(status)),
      "detail": .string(detail), "requestId": .string(requestID),
    ]
    for (key, value) in members.members { document[key] = value }
    if let executionID { document["executionId"] = .string(executionID) }
    var bytes: [UInt8] = []
    JSON.object(document).write(to: &bytes)
    var answer = HTTPAnswer(
      status: status,
      headers: [("content-type", "application/problem+json")] + headers.sorted { $0.key < $1.key }.map { ($0, $1) },
      body: ByteBuffer(bytes: bytes), executionID: executionID)
    answer.audit = AuditNote(
      outcome: executionID == nil ? .refused : .accepted, check: check, reason: name.rawValue, why: why)
    return answer
  }
}

extension Problem {
  static let notFound = Problem(
    status: 404, name: .notFound, title: "Not found",
    detail: "No workflow has this key or path. `millrace workflows` lists those that are applied.", check: .route)

  static func disabled(_ key: String) -> Problem {
    Problem(
      status: 503, name: .workflowDisabled, title: "Workflow disabled",
      detail: "The workflow \"\(key)\" is disabled; send the webhook again later.", headers: ["retry-after": "60"],
      check: .workflow)
  }

  static func unusable(_ key: String) -> Problem {
    Problem(
      status: 503, name: .workflowUnusable, title: "Workflow cannot be used",
      detail: "This server cannot read the current version of \"\(key)\"; its log says why.",
      headers: ["retry-after": "30"], check: .workflow)
  }

  static func methodNotAllowed(_ allowed: [String]) -> Problem {
    Problem(
      status: 405, name: .methodNotAllowed, title: "Method not allowed",
      detail: "This address accepts \(allowed.joined(separator: ", ")).",
      headers: ["allow": allowed.joined(separator: ", ")], check: .method)
  }

  /// Says no more: which addresses are allowed is nobody's business.
  static let addressNotAllowed = Problem(
    status: 403, name: .addressNotAllowed, title: "Address not allowed",
    detail: "This workflow takes no webhooks from the address of this request.", check: .address)

  static func malformed(_ detail: String, check: AuditCheck = .body) -> Problem {
    Problem(status: 400, name: .malformedRequest, title: "Malformed request", detail: detail, check: check)
  }

  static func bodyTooLarge(limit: Int) -> Problem {
    Problem(
      status: 413, name: .bodyTooLarge, title: "Body too large",
      detail: "The body is larger than the \(limit) bytes that this workflow accepts.", check: .size)
  }

  static let headersTooLarge = Problem(
    status: 431, name: .headersTooLarge, title: "Header fields too large",
    detail: "At most 100 header fields of 32 KB together are accepted, and a target of 8 KB.", check: .http)

  static func malformedHost(count: Int) -> Problem {
    malformed(
      count == 0
        ? "The request has no Host header, which HTTP/1.1 asks for."
        : "The request has \(count) Host headers; send one.",
      check: .http)
  }

  static let transferCoding = Problem(
    status: 501, name: .transferCoding, title: "Transfer coding not implemented",
    detail: "The only Transfer-Encoding that is read is \"chunked\", once and alone.", check: .http)

  static let compressed = Problem(
    status: 415, name: .bodyCompressed, title: "Body compressed",
    detail: "The body is compressed, as its Content-Encoding says; send it as it is.", check: .body)

  static let timedOutReceiving = Problem(
    status: 408, name: .requestTimeout, title: "Request timeout",
    detail: "The request did not arrive in time.", check: .http)

  static func unavailable(_ detail: String, retryAfter: Int = 5, check: AuditCheck = .gate) -> Problem {
    Problem(
      status: 503, name: .unavailable, title: "Temporarily unavailable", detail: detail,
      headers: ["retry-after": String(retryAfter)], check: check, why: detail)
  }

  static let backlogFull = Problem(
    status: 503, name: .backlogFull, title: "Backlog full",
    detail: "As many executions wait as this installation allows; send the webhook again later.",
    headers: ["retry-after": "10"], check: .admission)

  static let noWorker = Problem(
    status: 503, name: .noWorker, title: "No worker",
    detail: "No worker is running that could answer a synchronous call.", headers: ["retry-after": "5"],
    check: .admission)

  static func executionFailed(_ detail: String) -> Problem {
    Problem(status: 500, name: .executionFailed, title: "The workflow failed", detail: detail)
  }

  static let deadline = Problem(
    status: 504, name: .deadline, title: "The workflow takes longer",
    detail: "The workflow did not answer in time; the execution goes on.")
}
