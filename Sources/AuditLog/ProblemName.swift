// The names of problems, as senders and the audit log's readers compare them: the last part of a problem document's type
// and the log's `reason`. docs/http.md says when each of them comes.

package enum ProblemName: String, Sendable, CaseIterable {
  case malformedRequest = "malformed-request"
  case notVerified = "not-verified"
  case overRate = "over-rate"
  case addressNotAllowed = "address-not-allowed"
  case notFound = "not-found"
  case executionNotFound = "execution-not-found"
  case callbackNotFound = "callback-not-found"
  case callbackOver = "callback-over"
  case methodNotAllowed = "method-not-allowed"
  case requestTimeout = "request-timeout"
  case bodyTooLarge = "body-too-large"
  case bodyCompressed = "body-compressed"
  case headersTooLarge = "headers-too-large"
  case schemaMismatch = "schema-mismatch"
  case executionFailed = "execution-failed"
  case `internal` = "internal"
  case transferCoding = "transfer-coding"
  case workflowDisabled = "workflow-disabled"
  case workflowUnusable = "workflow-unusable"
  case verificationUnavailable = "verification-unavailable"
  case unavailable
  case backlogFull = "backlog-full"
  case noWorker = "no-worker"
  case deadline
}
