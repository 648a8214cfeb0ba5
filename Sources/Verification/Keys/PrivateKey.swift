// The other half of a key pair: only for sending webhooks as a provider would, in tests and with `millrace send`.

import Crypto
import CryptoExtras

enum PrivateKey: Sendable {
  case ed25519(Curve25519.Signing.PrivateKey)
  case p256(P256.Signing.PrivateKey)
  case p384(P384.Signing.PrivateKey)
  case p521(P521.Signing.PrivateKey)
  case rsa(_RSA.Signing.PrivateKey)

  /// PEM, or the 32 bytes of an Ed25519 seed in hexadecimal.
  init(reading text: String) throws(KeyProblem) {
    if text.utf8.count == 64, let seed = Hexadecimal.decode(text.utf8) {
      self = try PrivateKey(ed25519Seed: seed)
      return
    }
    if let key = try? P256.Signing.PrivateKey(pemRepresentation: text) {
      self = .p256(key)
    } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: text) {
      self = .p384(key)
    } else if let key = try? P521.Signing.PrivateKey(pemRepresentation: text) {
      self = .p521(key)
    } else if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: text) {
      self = .rsa(key)
    } else if let (_, der) = try? PEM.read(text), der.count == 48, der.starts(with: Self.ed25519Prefix) {
      self = try PrivateKey(ed25519Seed: Array(der.dropFirst(16)))
    } else {
      throw KeyProblem("is no private key of Ed25519, P-256, P-384, P-521 or RSA with 2048 bits or more")
    }
  }

  init(ed25519Seed seed: [UInt8]) throws(KeyProblem) {
    guard seed.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw KeyProblem("is no Ed25519 seed of 32 bytes")
    }
    self = .ed25519(key)
  }

  var publicKey: PublicKey {
    switch self {
    case .ed25519(let key): .ed25519(key.publicKey)
    case .p256(let key): .p256(key.publicKey)
    case .p384(let key): .p384(key.publicKey)
    case .p521(let key): .p521(key.publicKey)
    case .rsa(let key): .rsa(key.publicKey)
    }
  }

  /// Nil where the key is not of the algorithm's kind.
  func signature(for parts: [[UInt8]], with algorithm: PublicKeyAlgorithm) -> [UInt8]? {
    switch (self, algorithm) {
    case (.ed25519(let key), .ed25519):
      return (try? key.signature(for: Array(parts.joined()))).map { Array($0) }
    case (.p256(let key), .ecdsa(let isDER)):
      guard let signature = try? key.signature(for: hashed(parts, SHA256())) else { return nil }
      return Array(isDER ? signature.derRepresentation : signature.rawRepresentation)
    case (.p384(let key), .ecdsa(let isDER)):
      guard let signature = try? key.signature(for: hashed(parts, SHA384())) else { return nil }
      return Array(isDER ? signature.derRepresentation : signature.rawRepresentation)
    case (.p521(let key), .ecdsa(let isDER)):
      guard let signature = try? key.signature(for: hashed(parts, SHA512())) else { return nil }
      return Array(isDER ? signature.derRepresentation : signature.rawRepresentation)
    case (.rsa(let key), .rsa(let hash)): return signature(for: parts, hash, key, .insecurePKCS1v1_5)
    case (.rsa(let key), .rsaPSS(let hash)): return signature(for: parts, hash, key, .PSS)
    default: return nil
    }
  }

  private func signature(
    for parts: [[UInt8]], _ hash: Hash, _ key: _RSA.Signing.PrivateKey, _ padding: _RSA.Signing.Padding
  ) -> [UInt8]? {
    let signature =
      switch hash {
      case .sha1: try? key.signature(for: hashed(parts, Insecure.SHA1()), padding: padding)
      case .sha256: try? key.signature(for: hashed(parts, SHA256()), padding: padding)
      case .sha384: try? key.signature(for: hashed(parts, SHA384()), padding: padding)
      case .sha512: try? key.signature(for: hashed(parts, SHA512()), padding: padding)
      }
    return signature.map { Array($0.rawRepresentation) }
  }

  /// PKCS #8 around a seed of 32 bytes (RFC 8410).
  private static let ed25519Prefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
}
