// Public keys from what providers hand out: PEM, bare base64, certificates, and hexadecimal for Ed25519.

import Crypto
import CryptoExtras
import SwiftASN1

/// A public key with the name that senders call it by, if its document has one: a certificate's serial number, or the
/// `kid` of a JSON Web Key.
struct NamedPublicKey: Sendable {
  var id: String?
  let key: PublicKey
  /// Milliseconds since 1970; a certificate's last day.
  var notAfter: Int64?
}

extension NamedPublicKey {
  /// PEM of a public key or certificate, the base64 of their DER, or 32 bytes in hexadecimal.
  init(reading text: String) throws(KeyProblem) {
    if text.utf8.count > 65_536 { throw KeyProblem("is too long for a key") }
    if text.utf8.count == 64, let bytes = Hexadecimal.decode(text.utf8) {
      self.init(key: try PublicKey(ed25519: bytes))
      return
    }
    let (label, der) = try PEM.read(text)
    switch label {
    case "CERTIFICATE": self = try Certificate(der: der).namedKey()
    case "PUBLIC KEY": self.init(key: try PublicKey(subjectPublicKeyInfo: der))
    case nil:
      if let certificate = try? Certificate(der: der) {
        self = try certificate.namedKey()
      } else {
        self.init(key: try PublicKey(subjectPublicKeyInfo: der))
      }
    case let other?: throw KeyProblem("is a \(other.lowercased()), not a public key or certificate")
    }
  }
}

extension PublicKey {
  init(ed25519 bytes: [UInt8]) throws(KeyProblem) {
    guard bytes.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
      throw KeyProblem("is no Ed25519 public key of 32 bytes")
    }
    self = .ed25519(key)
  }

  /// The DER of an X.509 SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
  init(subjectPublicKeyInfo der: [UInt8]) throws(KeyProblem) {
    if der.count == 44, der.starts(with: Self.ed25519Prefix) {
      self = try PublicKey(ed25519: Array(der.dropFirst(Self.ed25519Prefix.count)))
    } else if let key = try? P256.Signing.PublicKey(derRepresentation: der) {
      self = .p256(key)
    } else if let key = try? P384.Signing.PublicKey(derRepresentation: der) {
      self = .p384(key)
    } else if let key = try? P521.Signing.PublicKey(derRepresentation: der) {
      self = .p521(key)
    } else if let key = try? _RSA.Signing.PublicKey(derRepresentation: der) {
      self = .rsa(key)
    } else {
      throw KeyProblem("is no public key of Ed25519, P-256, P-384, P-521 or RSA with 2048 bits or more")
    }
  }

  /// What stands before the 32 bytes of an Ed25519 key (RFC 8410).
  private static let ed25519Prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
}

/// Why a text is no key; it continues "the setting …".
struct KeyProblem: Error, Equatable {
  let message: String

  init(_ message: String) { self.message = message }
}

enum PEM {
  /// The DER and its label; without a label for bare base64.
  static func read(_ text: String) throws(KeyProblem) -> (label: String?, der: [UInt8]) {
    if text.contains("-----BEGIN ") {
      guard let document = try? PEMDocument(pemString: text) else { throw KeyProblem("is not readable as PEM") }
      return (document.discriminator, document.derBytes)
    }
    let digits = text.utf8.filter { $0 > UInt8(ascii: " ") }
    guard !digits.isEmpty, let der = Base64.decode(digits, ending: .optionalPadding) else {
      throw KeyProblem("is neither PEM nor base64")
    }
    return (nil, der)
  }
}
