// The keys of senders that sign with a private key of their own.

import Crypto
import CryptoExtras
import SwiftASN1

/// How a signature is made with a key pair.
enum PublicKeyAlgorithm: Sendable, Equatable {
  case ed25519
  /// Over a hash, the signature as DER or, in tokens, as two numbers side by side.
  case ecdsa(isDER: Bool)
  /// PKCS #1 v1.5.
  case rsa(Hash)
  /// PSS with a salt as long as the hash.
  case rsaPSS(Hash)
}

/// Ready to check signatures.
enum PublicKey: Sendable {
  case ed25519(Curve25519.Signing.PublicKey)
  case p256(P256.Signing.PublicKey)
  case p384(P384.Signing.PublicKey)
  case p521(P521.Signing.PublicKey)
  case rsa(_RSA.Signing.PublicKey)

  /// False for a key of another kind: an algorithm never picks how a key is used.
  func isValid(_ signature: [UInt8], for parts: [[UInt8]], with algorithm: PublicKeyAlgorithm) -> Bool {
    switch (self, algorithm) {
    case (.ed25519(let key), .ed25519):
      return key.isValidSignature(signature, for: Array(parts.joined()))
    case (.p256(let key), .ecdsa(let isDER)):
      let parsed =
        isDER
        ? try? P256.Signing.ECDSASignature(derRepresentation: signature)
        : try? P256.Signing.ECDSASignature(rawRepresentation: signature)
      return parsed.map { key.isValidSignature($0, for: hashed(parts, SHA256())) } ?? false
    case (.p384(let key), .ecdsa(let isDER)):
      let parsed =
        isDER
        ? try? P384.Signing.ECDSASignature(derRepresentation: signature)
        : try? P384.Signing.ECDSASignature(rawRepresentation: signature)
      return parsed.map { key.isValidSignature($0, for: hashed(parts, SHA384())) } ?? false
    case (.p521(let key), .ecdsa(let isDER)):
      let parsed =
        isDER
        ? try? P521.Signing.ECDSASignature(derRepresentation: signature)
        : try? P521.Signing.ECDSASignature(rawRepresentation: signature)
      return parsed.map { key.isValidSignature($0, for: hashed(parts, SHA512())) } ?? false
    case (.rsa(let key), .rsa(let hash)):
      return isValid(signature, for: parts, hash, key, .insecurePKCS1v1_5)
    case (.rsa(let key), .rsaPSS(let hash)):
      return isValid(signature, for: parts, hash, key, .PSS)
    default:
      return false
    }
  }

  private func isValid(
    _ signature: [UInt8], for parts: [[UInt8]], _ hash: Hash, _ key: _RSA.Signing.PublicKey,
    _ padding: _RSA.Signing.Padding
  ) -> Bool {
    let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
    return switch hash {
    case .sha1: key.isValidSignature(signature, for: hashed(parts, Insecure.SHA1()), padding: padding)
    case .sha256: key.isValidSignature(signature, for: hashed(parts, SHA256()), padding: padding)
    case .sha384: key.isValidSignature(signature, for: hashed(parts, SHA384()), padding: padding)
    case .sha512: key.isValidSignature(signature, for: hashed(parts, SHA512()), padding: padding)
    }
  }
}

func hashed<Function: HashFunction>(_ parts: [[UInt8]], _ function: Function) -> Function.Digest {
  var function = function
  for part in parts { function.update(data: part) }
  return function.finalize()
}
