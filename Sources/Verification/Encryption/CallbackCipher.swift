// The encryption that WeCom and DingTalk share for their callbacks: AES-256-CBC around random bytes, a length, the
// message and whom it is for. The padding fills blocks of 32 bytes.

import Crypto
import CryptoExtras

struct CallbackCipher: Sendable {
  private static let block = 32

  private let key: SymmetricKey
  private let vector: [UInt8]

  /// The key as the provider shows it: 43 letters and digits, base64 of 32 bytes without its `=`.
  init(encodingAESKey text: String) throws(KeyProblem) {
    guard text.utf8.count == 43, let bytes = Base64.decode(text, ending: .anyBits), bytes.count == 32 else {
      throw KeyProblem("must have 43 characters of base64")
    }
    key = SymmetricKey(data: bytes)
    vector = Array(bytes.prefix(16))
  }

  /// Nil for anything that this key did not encrypt; the sender learns no more than that.
  func decrypt(_ text: String) -> (message: [UInt8], receiver: [UInt8])? {
    guard let sealed = Base64.decode(text), !sealed.isEmpty, sealed.count % 16 == 0,
      let iv = try? AES._CBC.IV(ivBytes: vector),
      let opened = try? AES._CBC.decrypt(sealed, using: key, iv: iv, noPadding: true)
    else { return nil }
    let bytes = Array(opened)
    guard let padding = bytes.last.map(Int.init), (1...Self.block).contains(padding), bytes.count >= padding + 20,
      bytes.suffix(padding).allSatisfy({ Int($0) == padding })
    else { return nil }
    let content = bytes.dropLast(padding).dropFirst(16)
    let count = content.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let rest = content.dropFirst(4)
    guard count <= rest.count else { return nil }
    return (Array(rest.prefix(count)), Array(rest.dropFirst(count)))
  }

  /// Nil never happens with 16 random bytes.
  func encrypt(_ message: [UInt8], receiver: [UInt8], random: [UInt8]) -> String? {
    let count = UInt32(truncatingIfNeeded: message.count)
    let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
    var bytes = random + length + message + receiver
    let padding = Self.block - bytes.count % Self.block
    bytes += [UInt8](repeating: UInt8(padding), count: padding)
    guard let iv = try? AES._CBC.IV(ivBytes: vector) else { return nil }
    let sealed = try? AES._CBC.encrypt(bytes, using: key, iv: iv, noPadding: true)
    return sealed.map { Base64.encode(Array($0)) }
  }

  /// SHA-1 over the four texts in order of their bytes.
  static func signature(_ texts: [String]) -> [UInt8] {
    let sorted = texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    return Hash.sha1.digest(of: sorted)
  }
}
