// What the audit log keeps of one request to a webhook address, accepted or refused. Never a header's value, a query, a
// body, a secret or a signature.

package struct AuditRecord: ~Copyable, Sendable {
  package var requestID: String
  /// Empty when the request could not be read.
  package var method: String
  /// Percent-encoded as it came, without the query; empty when the request could not be read.
  package var path: String
  /// Nil when none was found.
  package var workflow: String?
  package var client: String
  /// Nil when the client had gone before its request was there.
  package var status: Int?
  package var outcome: AuditOutcome
  /// The check that refused the request.
  package var check: AuditCheck?
  /// The name of the problem in the answer, `body-too-large` for example.
  package var reason: String?
  /// What the check tells the operator and not the sender, "the timestamp is 412 s old" for example.
  package var why: String?
  package var executionID: String?
  /// The client had gone before it could be answered.
  package var isUnanswered: Bool
  /// Bytes of the body that had been read.
  package var bodyBytes: Int
  /// From the whole request to its answer.
  package var microseconds: Int

  package init(
    requestID: String, method: String, path: String, workflow: String? = nil, client: String, status: Int?,
    outcome: AuditOutcome, check: AuditCheck? = nil, reason: String? = nil, why: String? = nil,
    executionID: String? = nil, isUnanswered: Bool = false, bodyBytes: Int = 0, microseconds: Int = 0
  ) {
    self.requestID = requestID
    self.method = method
    self.path = path
    self.workflow = workflow
    self.client = client
    self.status = status
    self.outcome = outcome
    self.check = check
    self.reason = reason
    self.why = why
    self.executionID = executionID
    self.isUnanswered = isUnanswered
    self.bodyBytes = bodyBytes
    self.microseconds = microseconds
  }
}

/// What became of a request.
package enum AuditOutcome: String, Sendable, CaseIterable {
  /// There is an execution for it, however that ended.
  case accepted
  /// It repeats an earlier one and got that one's answer.
  case duplicate
  /// The trigger's `when` did not hold.
  case ignored
  /// The sender only wanted to know whether this address is ours.
  case handshake
  case refused
  /// The client went away in the middle of its request.
  case aborted
}

/// Which check refused a request, in the order in which they look at it.
package enum AuditCheck: String, Sendable, CaseIterable {
  /// It is no well-formed HTTP, its head is too large, or it did not arrive in time.
  case http
  /// No workflow has this key or path.
  case route
  /// The client's address is not allowed.
  case address
  case method
  /// The workflow is disabled, or this process cannot read it.
  case workflow
  /// This process can promise nothing now: no durability, no room, workflows not loaded.
  case gate
  case rate
  case size
  /// A signature, a token or a password.
  case signature
  /// Body and query are what their types say.
  case body
  case schema
  /// The filter of the trigger, or the templates of its answer, cannot be evaluated.
  case template
  /// The queue did not take it: it is full, or no worker is there for a synchronous call.
  case admission
}
