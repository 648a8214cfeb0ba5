// JSON Web Key sets (RFC 7517), as issuers of tokens publish them.

import Crypto
import CryptoExtras
import JSONCodec

enum JSONWebKeys {
  static let limit = 64

  /// The keys of a set, or the one key that the document is, that are of a kind we know and meant for signatures.
  static func read(_ document: JSON) throws(KeyProblem) -> [NamedPublicKey] {
    let entries = document["keys"]?.elements ?? (document["kty"] != nil ? [document] : [])
    guard !entries.isEmpty else { throw KeyProblem("has no keys: a JSON Web Key set is {\"keys\": […]}") }
    guard entries.count <= limit else { throw KeyProblem("has more than \(limit) keys") }
    var keys: [NamedPublicKey] = []
    for entry in entries where (entry["use"]?.stringValue ?? "sig") == "sig" {
      guard let key = publicKey(entry) else { continue }
      keys.append(NamedPublicKey(id: entry["kid"]?.stringValue, key: key))
    }
    guard !keys.isEmpty else { throw KeyProblem("has no public key of RSA, EC or Ed25519 for signatures") }
    return keys
  }

  private static func publicKey(_ entry: JSON) -> PublicKey? {
    func bytes(_ name: String) -> [UInt8]? {
      entry[name]?.stringValue.flatMap { Base64.decode($0, alphabet: .url, ending: .optionalPadding) }
    }
    switch (entry["kty"]?.stringValue, entry["crv"]?.stringValue) {
    case ("RSA", _):
      guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.count >= 256, modulus.count <= 1025,
        let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
      else { return nil }
      return .rsa(key)
    case ("EC", "P-256"):
      return point(bytes("x"), bytes("y"), 32).flatMap { try? P256.Signing.PublicKey(x963Representation: $0) }
        .map { .p256($0) }
    case ("EC", "P-384"):
      return point(bytes("x"), bytes("y"), 48).flatMap { try? P384.Signing.PublicKey(x963Representation: $0) }
        .map { .p384($0) }
    case ("EC", "P-521"):
      return point(bytes("x"), bytes("y"), 66).flatMap { try? P521.Signing.PublicKey(x963Representation: $0) }
        .map { .p521($0) }
    case ("OKP", "Ed25519"):
      return bytes("x").flatMap { try? PublicKey(ed25519: $0) }
    default: return nil
    }
  }

  /// An uncompressed point.
  private static func point(_ x: [UInt8]?, _ y: [UInt8]?, _ size: Int) -> [UInt8]? {
    guard let x, let y, x.count == size, y.count == size else { return nil }
    return [4] + x + y
  }
}
