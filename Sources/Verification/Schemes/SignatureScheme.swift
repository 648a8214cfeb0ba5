// How a provider signs, as data: what is signed, with what, and where the signature stands. Nearly all providers differ
// in nothing else.

struct SignatureScheme: Sendable {
  var algorithm: SignatureAlgorithm
  var keyDecoding = KeyDecoding.text
  /// Where the signature may stand; the first that is there counts.
  var places: [SignaturePlace]
  var layout = SignatureLayout.whole
  var encoding = SignatureEncoding.hexadecimal
  /// What is signed, piece by piece. Of several ways any may fit: an address with and without its port.
  var signed: [[SignedPiece]] = [[.body]]
  var timestamp: TimestampRule?
  /// The header that says which key was used; without one all are tried.
  var keyIDHeader: String?
}

enum SignatureAlgorithm: Sendable, Equatable {
  /// The secret itself is sent.
  case token
  case hmac(Hash)
  /// A plain hash over pieces of which one is the secret.
  case digest(Hash)
  case publicKey(PublicKeyAlgorithm)
}

enum SignaturePlace: Sendable, Equatable {
  /// In lower case.
  case header(String)
  case query(String)
  /// Behind this word in the Authorization header (RFC 9110, section 11.4); the word may be in any case.
  case credential(String)
  /// Inside a JSON body.
  case field([String])
  /// In a form body.
  case form(String)

  var name: String {
    switch self {
    case .header(let name): "header \(name)"
    case .query(let name): "\"\(name)\" in the query"
    case .credential(let word): "\(word) in header authorization"
    case .field(let path): "\"\(path.joined(separator: "."))\" in the body"
    case .form(let name): "\"\(name)\" in the form"
    }
  }
}

enum SignatureEncoding: Sendable, Equatable {
  case hexadecimal, base64, base64URL
  /// As it is: tokens.
  case text

  func decode(_ text: Substring) -> [UInt8]? {
    switch self {
    case .hexadecimal: Hexadecimal.decode(text.utf8)
    case .base64: Base64.decode(text.utf8)
    case .base64URL: Base64.decode(text.utf8, alphabet: .url, ending: .optionalPadding)
    case .text: Array(text.utf8)
    }
  }

  func encode(_ bytes: [UInt8]) -> String {
    switch self {
    case .hexadecimal: Hexadecimal.encode(bytes)
    case .base64: Base64.encode(bytes)
    case .base64URL: Base64.encode(bytes, alphabet: .url)
    case .text: String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// A part of what is signed.
enum SignedPiece: Sendable {
  case literal(String)
  case body
  case secret
  case method
  /// The address that the sender called.
  case url
  /// The same, as the sender may have written it: with its port, or with escapes undone.
  case calledURL(@Sendable (String) -> String)
  /// The first of these headers that is there, as it was received.
  case header([String])
  /// A header without a dot, because dots separate the pieces around it.
  case identifier([String])
  /// The value of `name=` beside the signature.
  case element(String)
  case query(String)
  case field([String])
  /// Anything else.
  case special(@Sendable (RequestReading) throws(Refusal) -> [UInt8])

  static func header(_ name: String) -> SignedPiece { .header([name]) }

  var isSecret: Bool { if case .secret = self { true } else { false } }
  var isBody: Bool { if case .body = self { true } else { false } }
}

/// Where the sender's moment stands, and how far it may be from ours.
struct TimestampRule: Sendable {
  enum Source: Sendable {
    case header([String])
    case element(String)
    case query(String)
    case field([String])
  }

  var source: Source
  var unit = MomentUnit.seconds
  /// Seconds in both directions unless the settings say otherwise; nil for no limit.
  var tolerance: Int?
  /// Whether a request without it is refused.
  var isRequired = true
}
