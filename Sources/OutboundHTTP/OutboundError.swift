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
    /// `mayStart` said no before anything of the request had left.
    case notStarted
    /// This process is short of something; the other side knows nothing of it.
    case lacking
    /// The transport was shut down.
    case closed
    case other
  }

  package let kind: Kind
  /// One line for people: which host, what happened, what to do. Never user, password or query of a URL.
  package let message: String

  /// Whether the other side, or one that redirected here, may have seen the request.
  package let mayHaveBeenSent: Bool

  /// Without a word about it the kind tells what is likely.
  package init(kind: Kind, message: String, mayHaveBeenSent: Bool? = nil) {
    self.kind = kind
    self.message = message
    self.mayHaveBeenSent = mayHaveBeenSent ?? kind.isOfAnExchange
  }

  package var description: String { message }
}

extension OutboundError.Kind {
  fileprivate var isOfAnExchange: Bool {
    switch self {
    case .invalidRequest, .refusedAddress, .resolve, .connect, .tls, .notStarted, .lacking: false
    case .timeout, .tooLarge, .tooManyRedirects, .protocolViolation, .canceled, .closed, .other: true
    }
  }
}
