// Key pairs of made-up senders, new in each run, as texts for settings.

import Crypto
import CryptoExtras

@testable import Verification

struct TestKeys: Sendable {
  let privateKey: String
  let publicKey: String
  /// Of somebody else.
  let otherPublicKey: String

  static let rsa = makeRSA()

  static let p256: TestKeys = {
    let (key, other) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
    return TestKeys(
      privateKey: key.pemRepresentation, publicKey: key.publicKey.pemRepresentation,
      otherPublicKey: Base64.encode(Array(other.publicKey.derRepresentation)))
  }()

  /// All in hexadecimal.
  static let ed25519: TestKeys = {
    let (key, other) = (Curve25519.Signing.PrivateKey(), Curve25519.Signing.PrivateKey())
    return TestKeys(
      privateKey: Hexadecimal.encode(Array(key.rawRepresentation)),
      publicKey: Hexadecimal.encode(Array(key.publicKey.rawRepresentation)),
      otherPublicKey: Hexadecimal.encode(Array(other.publicKey.rawRepresentation)))
  }()

  /// A key in hexadecimal as Standard Webhooks writes it.
  static func standard(_ prefix: String, _ hexadecimal: String) -> String {
    prefix + Base64.encode(Hexadecimal.decode(hexadecimal.utf8) ?? [])
  }

  private static func makeRSA() -> TestKeys {
    do {
      let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
      let other = try _RSA.Signing.PrivateKey(keySize: .bits2048)
      return TestKeys(
        privateKey: key.pemRepresentation, publicKey: key.publicKey.pemRepresentation,
        otherPublicKey: other.publicKey.pemRepresentation)
    } catch {
      fatalError("no RSA key: \(error)")
    }
  }
}
