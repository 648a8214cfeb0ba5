// A notification as Alipay signs it, with a key pair made for the test.

import Crypto
import CryptoExtras
import Foundation
import JSONCodec
import TestSupport
import Verification

enum AlipayKeys {
  private static let key: _RSA.Signing.PrivateKey? = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

  /// As Alipay's page shows it: base64 without PEM's lines.
  static let publicKey = key.map { Data($0.publicKey.derRepresentation).base64EncodedString() } ?? ""

  static func notification(_ workflow: String) throws -> SystemRequest {
    let signer = try RequestSigner.make(
      settings: ["provider": "alipay", "privateKey": .string(key?.pemRepresentation ?? "")])
    let form = "notify_id=n-\(workflow)&notify_type=trade_status_sync&trade_status=TRADE_SUCCESS"
    let signed = try signer.sign(
      OutgoingRequest(publicURL: "http://localhost", body: Array(form.utf8), now: 0, id: "n-\(workflow)"))
    return SystemRequest(
      "POST", "/api/webhooks/\(workflow)",
      headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")], body: signed.body)
  }
}
