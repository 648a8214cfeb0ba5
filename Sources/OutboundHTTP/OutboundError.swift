// Why an outgoing request has no answer.

package struct OutboundError: Error, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// The request itself is wrong; nothing was sent.
    case invalidRequest
    /// The name leads to a private address that is not allowed.
    case refusedAddress
    case resolve
    case connect
    case tls
    case timeout
    /// The answer is longer than the request's limit.
    case tooLarge
    case tooManyRedirects
    /// The other side did not speak HTTP, or broke off.
    case protocolViolation
    /// The task that waited was cancelled.
    case canceled
    /// The transport was shut down.
    case closed
    case other
  }

  package let kind: Kind
  /// One line for people: which host, what happened, what to do. Never user, password or query of a URL.
  package let message: String

  package init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}
