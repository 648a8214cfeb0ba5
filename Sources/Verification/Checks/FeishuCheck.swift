// Events of Feishu and Lark: with an Encrypt Key they are signed and encrypted, without one a token is in the body.

import JSONCodec

struct FeishuCheck: Check {
  /// The Encrypt Keys, if encryption is on.
  let keys: [(secret: Secret, cipher: FeishuCipher)]
  let verificationToken: [UInt8]?
  let tolerance: Int64?
  let facts: EventFacts

  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict {
    if keys.isEmpty { return try verdict(on: reading.request.body, reading, secretID: nil) }
    let sealed = try reading.text(at: ["encrypt"])
    guard let sealed else {
      throw Refusal(.missingField("encrypt"), "the body is not encrypted: it has no \"encrypt\"")
    }
    let usable = keys.filter { entry in entry.secret.notAfter.map { reading.request.now <= $0 } ?? true }
    guard !usable.isEmpty else { throw Refusal(.noUsableSecret, "every Encrypt Key is past its last moment") }
    guard try reading.header("x-lark-signature") != nil else { return try challenge(sealed, reading, usable) }
    let entry = try signer(reading, usable)
    guard let message = entry.cipher.decrypt(sealed) else {
      throw Refusal(.undecryptable, "the message cannot be decrypted with the Encrypt Key")
    }
    return try verdict(on: message, reading, secretID: entry.secret.id)
  }

  /// The question about the address is encrypted, but not signed.
  private func challenge(
    _ sealed: String, _ reading: RequestReading, _ usable: [(secret: Secret, cipher: FeishuCipher)]
  ) throws(Refusal) -> Verdict {
    for entry in usable {
      guard let message = entry.cipher.decrypt(sealed), let document = try? JSON.parse(message) else { continue }
      guard document["type"]?.stringValue == "url_verification" else { break }
      return try verdict(on: message, reading, secretID: entry.secret.id)
    }
    throw Refusal(.missingHeader("x-lark-signature"), "header x-lark-signature is missing")
  }

  private func signer(
    _ reading: RequestReading, _ usable: [(secret: Secret, cipher: FeishuCipher)]
  ) throws(Refusal) -> (secret: Secret, cipher: FeishuCipher) {
    let signature = try reading.requiredHeader("x-lark-signature")
    let timestamp = try reading.requiredHeader("x-lark-request-timestamp")
    let nonce = try reading.requiredHeader("x-lark-request-nonce")
    if let tolerance {
      guard let moment = Moments.read(timestamp, unit: .seconds) else {
        throw Refusal(.malformedTimestamp, "header x-lark-request-timestamp is no number of seconds")
      }
      try Skew.check(moment: moment, now: reading.request.now, tolerance: tolerance)
    }
    guard let claim = Hexadecimal.decode(signature.utf8) else {
      throw Refusal(.malformedSignature, "header x-lark-signature is not hexadecimal")
    }
    for entry in usable {
      if ConstantTime.areEqual(Self.signature(timestamp, nonce, entry.secret, reading.request.body), claim) {
        return entry
      }
    }
    throw Refusal(.mismatch, "header x-lark-signature fits none of the \(usable.count) Encrypt Keys")
  }

  private static func signature(_ timestamp: String, _ nonce: String, _ key: Secret, _ body: [UInt8]) -> [UInt8] {
    Hash.sha256.digest(of: [Array((timestamp + nonce + key.text).utf8), body])
  }

  private func verdict(
    on message: [UInt8], _ reading: RequestReading, secretID: String?
  ) throws(Refusal) -> Verdict {
    var request = reading.request
    request.body = message
    let plain = RequestReading(request)
    let document = try plain.json()
    if let expected = verificationToken {
      guard let token = document["header"]?["token"]?.stringValue ?? document["token"]?.stringValue else {
        throw Refusal(.missingField("token"), "the body has no verification token")
      }
      guard ConstantTime.areEqualTokens(Array(token.utf8), expected) else {
        throw Refusal(.mismatch, "the token in the body is not the \"verificationToken\" of the settings")
      }
    }
    if document["type"]?.stringValue == "url_verification" {
      guard let challenge = document["challenge"]?.stringValue else {
        throw Refusal(.missingField("challenge"), "the body has no challenge")
      }
      return .handshake(.json(["challenge": .string(challenge)]))
    }
    var match = facts.match(plain, secretID: secretID)
    if !keys.isEmpty {
      match.plaintext = message
      match.plaintextType = "application/json"
    }
    return .accepted(match)
  }

  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem) {
    if let verificationToken {
      let token = JSON.string(String(decoding: verificationToken, as: UTF8.self))
      let isSecondSchema = (try? JSON.parse(request.body))?["schema"] != nil
      request.setField(isSecondSchema ? ["header", "token"] : ["token"], json: token)
    }
    guard let entry = keys.first else { return }
    guard let sealed = entry.cipher.encrypt(request.body, vector: random.bytes(16)) else {
      throw VerifierProblem(setting: "secrets", "the message cannot be encrypted")
    }
    request.body = JSON.object(["encrypt": .string(sealed)]).bytes
    let timestamp = Moments.write(request.now, unit: .seconds)
    let signature = Self.signature(timestamp, request.id, entry.secret, request.body)
    request.headers.set("x-lark-request-timestamp", timestamp)
    request.headers.set("x-lark-request-nonce", request.id)
    request.headers.set("x-lark-signature", Hexadecimal.encode(signature))
  }
}
