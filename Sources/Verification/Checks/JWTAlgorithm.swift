// The algorithms of JSON Web Tokens (RFC 7518, RFC 8037). The settings choose, never the token: `none` does not exist
// here, and no algorithm accepts a key of another kind.

enum JWTAlgorithm: String, Sendable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  /// Nil for those with public keys.
  var hmac: Hash? {
    switch self {
    case .hs256: .sha256
    case .hs384: .sha384
    case .hs512: .sha512
    default: nil
    }
  }

  /// Nil for those with secrets.
  var publicKey: PublicKeyAlgorithm? {
    switch self {
    case .hs256, .hs384, .hs512: nil
    case .rs256: .rsa(.sha256)
    case .rs384: .rsa(.sha384)
    case .rs512: .rsa(.sha512)
    case .ps256: .rsaPSS(.sha256)
    case .ps384: .rsaPSS(.sha384)
    case .ps512: .rsaPSS(.sha512)
    case .es256, .es384, .es512: .ecdsa(isDER: false)
    case .edDSA: .ed25519
    }
  }

  /// ES256 is P-256 and nothing else, and so on.
  func accepts(_ key: PublicKey) -> Bool {
    switch (self, key) {
    case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.ps384, .rsa), (.ps512, .rsa): true
    case (.es256, .p256), (.es384, .p384), (.es512, .p521), (.edDSA, .ed25519): true
    default: false
    }
  }
}
