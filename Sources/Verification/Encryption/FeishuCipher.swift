// Feishu's encryption: AES-256-CBC with the hash of the Encrypt Key, the initialization vector in front.

import Crypto
import CryptoExtras

struct FeishuCipher: Sendable {
  private let key: SymmetricKey

  init(encryptKey: String) { key = SymmetricKey(data: Hash.sha256.digest(of: Array(encryptKey.utf8))) }

  /// Nil for anything that this key did not encrypt.
  func decrypt(_ text: String) -> [UInt8]? {
    guard let sealed = Base64.decode(text), sealed.count >= 32, sealed.count % 16 == 0,
      let iv = try? AES._CBC.IV(ivBytes: sealed.prefix(16)),
      let opened = try? AES._CBC.decrypt(sealed.dropFirst(16), using: key, iv: iv)
    else { return nil }
    return Array(opened)
  }

  func encrypt(_ message: [UInt8], vector: [UInt8]) -> String? {
    guard let iv = try? AES._CBC.IV(ivBytes: vector),
      let sealed = try? AES._CBC.encrypt(message, using: key, iv: iv)
    else { return nil }
    return Base64.encode(vector + Array(sealed))
  }
}
