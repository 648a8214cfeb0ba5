// Why a request is not genuine, for the audit record and for whoever sets a webhook up. It never holds a secret or a
// signature that would have been right.

package struct Refusal: Error, Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    case missingHeader(String)
    case emptyHeader(String)
    case repeatedHeader(String)
    /// An item of the query, or a member or field of the body.
    case missingField(String)
    case malformedSignature
    case tooManySignatures
    case malformedTimestamp
    case mismatch
    /// Seconds beyond now; the tolerance is smaller.
    case staleTimestamp(skewSeconds: Int)
    case futureTimestamp(skewSeconds: Int)
    /// Whether fetching this address may help.
    case unknownKey(url: String?)
    /// Every secret or key is past its `notAfter`.
    case noUsableSecret
    case badBody
    case undecryptable
    /// The message is for another app, account or topic than the settings name.
    case wrongReceiver
    case algorithmNotAllowed
    case expiredClaim
    case earlyClaim
    case wrongClaim(String)
    /// A provider's question about this address that does not carry the right token.
    case challengeRefused
    case originNotAllowed
    case noPublicURL
  }

  package let reason: Reason
  /// One line.
  package var detail: String
  /// What the request looks as if it went through, where that is known.
  package var diagnosis: String?

  init(_ reason: Reason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  /// Bounded, for metrics and records.
  package var code: String {
    switch reason {
    case .missingHeader: "missing_header"
    case .emptyHeader: "empty_header"
    case .repeatedHeader: "repeated_header"
    case .missingField: "missing_field"
    case .malformedSignature: "malformed_signature"
    case .tooManySignatures: "too_many_signatures"
    case .malformedTimestamp: "malformed_timestamp"
    case .mismatch: "mismatch"
    case .staleTimestamp: "stale_timestamp"
    case .futureTimestamp: "future_timestamp"
    case .unknownKey: "unknown_key"
    case .noUsableSecret: "no_usable_secret"
    case .badBody: "bad_body"
    case .undecryptable: "undecryptable"
    case .wrongReceiver: "wrong_receiver"
    case .algorithmNotAllowed: "algorithm_not_allowed"
    case .expiredClaim: "expired_claim"
    case .earlyClaim: "early_claim"
    case .wrongClaim: "wrong_claim"
    case .challengeRefused: "challenge_refused"
    case .originNotAllowed: "origin_not_allowed"
    case .noPublicURL: "no_public_url"
    }
  }

  /// 401 for what is not genuine. 503 where only we lack something, so that the sender tries again.
  package var status: Int {
    switch reason {
    case .unknownKey(let url): url == nil ? 401 : 503
    case .noUsableSecret, .noPublicURL: 503
    case .challengeRefused, .originNotAllowed: 403
    default: 401
    }
  }

  /// How much of a signature was there: of several checks that refuse, the one that saw most is worth telling.
  var rank: Int {
    switch reason {
    case .missingHeader, .missingField: 0
    case .emptyHeader, .malformedSignature: 1
    default: 2
    }
  }
}
