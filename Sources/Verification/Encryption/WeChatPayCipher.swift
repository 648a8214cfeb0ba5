// The resource of a notification from WeChat Pay: AES-256-GCM with the APIv3 key.

import Crypto
import JSONCodec

struct WeChatPayCipher: Sendable {
  private let key: SymmetricKey

  init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// The notification with the decrypted resource in place of the encrypted one.
  func decrypt(_ notification: JSON) throws(Refusal) -> [UInt8] {
    guard let resource = notification["resource"], resource["algorithm"]?.stringValue == "AEAD_AES_256_GCM",
      let sealed = resource["ciphertext"]?.stringValue.flatMap({ Base64.decode($0) }), sealed.count >= 16,
      let nonce = resource["nonce"]?.stringValue, nonce.utf8.count == 12
    else { throw Refusal(.undecryptable, "the notification has no resource of AEAD_AES_256_GCM") }
    let associated = Array((resource["associated_data"]?.stringValue ?? "").utf8)
    guard
      let box = try? AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: Array(nonce.utf8)), ciphertext: sealed.dropLast(16), tag: sealed.suffix(16)),
      let opened = try? AES.GCM.open(box, using: key, authenticating: associated),
      let json = try? JSON.parse(Array(opened)), case .object(var object) = notification.resolved
    else { throw Refusal(.undecryptable, "the resource cannot be decrypted with \"apiV3Key\"") }
    object["resource"] = json
    return JSON.object(object).bytes
  }
}
