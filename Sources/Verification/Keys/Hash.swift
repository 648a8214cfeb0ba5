// The hash functions that senders use, chosen by name at run time. What is signed comes in parts, so that a body is
// never copied for it.

import Crypto

enum Hash: String, Sendable, CaseIterable {
  case sha1, sha256, sha384, sha512

  var byteCount: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  func digest(of bytes: [UInt8]) -> [UInt8] { digest(of: [bytes]) }

  /// Of the parts one after another.
  func digest(of parts: [[UInt8]]) -> [UInt8] {
    switch self {
    case .sha1: digest(of: parts, with: Insecure.SHA1())
    case .sha256: digest(of: parts, with: SHA256())
    case .sha384: digest(of: parts, with: SHA384())
    case .sha512: digest(of: parts, with: SHA512())
    }
  }

  private func digest(of parts: [[UInt8]], with function: some HashFunction) -> [UInt8] {
    var function = function
    for part in parts { function.update(data: part) }
    return Array(function.finalize())
  }
}

/// A secret that is ready for HMAC: its two hash states are kept, so a request costs no work on the key.
enum PreparedMAC: Sendable {
  case sha1(HMAC<Insecure.SHA1>)
  case sha256(HMAC<SHA256>)
  case sha384(HMAC<SHA384>)
  case sha512(HMAC<SHA512>)

  init(_ hash: Hash, secret: [UInt8]) {
    let key = SymmetricKey(data: secret)
    self =
      switch hash {
      case .sha1: .sha1(HMAC(key: key))
      case .sha256: .sha256(HMAC(key: key))
      case .sha384: .sha384(HMAC(key: key))
      case .sha512: .sha512(HMAC(key: key))
      }
  }

  func code(for parts: [[UInt8]]) -> [UInt8] {
    switch self {
    case .sha1(let mac): code(for: parts, with: mac)
    case .sha256(let mac): code(for: parts, with: mac)
    case .sha384(let mac): code(for: parts, with: mac)
    case .sha512(let mac): code(for: parts, with: mac)
    }
  }

  private func code<H>(for parts: [[UInt8]], with mac: HMAC<H>) -> [UInt8] {
    var mac = mac
    for part in parts { mac.update(data: part) }
    return Array(mac.finalize())
  }
}
