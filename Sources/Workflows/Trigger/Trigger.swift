// What starts a workflow: the webhook it answers to, and how.

/// A class for the reason that `Workflow` is one.
package final class Trigger: Sendable {
  /// Of its own, beside `/api/webhooks/<key>`.
  package let path: PathPattern?
  /// Upper case, at least one.
  package let methods: [String]
  package let mode: Mode
  /// In bytes; nil leaves the process's own limit.
  package let bodyLimit: Int?
  package let bodyKind: BodyKind
  package let when: Condition?
  /// The reply of asynchronous calls; nil for the default one.
  package let response: TriggerResponse?
  /// How long a synchronous caller waits.
  package let timeout: Duration
  package let onTimeout: OnTimeout
  /// Nil for a loader that knows none.
  package let checks: (any TriggerChecks)?

  package enum Mode: String, Sendable, CaseIterable {
    case async, sync
  }

  /// What a synchronous caller gets when the time is up: 202 and the place of the result, or 504.
  package enum OnTimeout: String, Sendable, CaseIterable {
    case accepted, error
  }

  package init(
    path: PathPattern? = nil, methods: [String] = ["POST"], mode: Mode = .async, bodyLimit: Int? = nil,
    bodyKind: BodyKind = .auto, when: Condition? = nil, response: TriggerResponse? = nil,
    timeout: Duration = .seconds(10), onTimeout: OnTimeout = .accepted, checks: (any TriggerChecks)? = nil
  ) {
    self.path = path
    self.methods = methods
    self.mode = mode
    self.bodyLimit = bodyLimit
    self.bodyKind = bodyKind
    self.when = when
    self.response = response
    self.timeout = timeout
    self.onTimeout = onTimeout
    self.checks = checks
  }
}

/// How a request's body is read.
package enum BodyKind: String, Sendable, CaseIterable {
  /// By its content type.
  case auto
  case json, form, text, bytes
}

/// Templates over `$context`, `$env` and `$system`.
package struct TriggerResponse: Sendable {
  package let status: Int
  package let headers: [(name: String, value: Template)]
  /// Nil leaves the default body.
  package let body: Template?

  package init(status: Int = 200, headers: [(name: String, value: Template)] = [], body: Template? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
