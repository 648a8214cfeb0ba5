// Encrypted callbacks of WeCom and DingTalk: a signature in the query, a message in an envelope, and for DingTalk an
// encrypted answer.

import JSONCodec

struct CallbackCheck: Check {
  enum Kind: Sendable { case wecom, dingtalk }

  let kind: Kind
  let token: String
  /// With the id of the setting each came from.
  let ciphers: [(id: String, notAfter: Int64?, cipher: CallbackCipher)]
  /// Whom a message may be for.
  let receivers: [[UInt8]]
  let tolerance: Int64?
  let facts: EventFacts

  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict {
    let envelope = try Envelope(reading, kind)
    if let tolerance { try checkTime(envelope, reading, tolerance) }
    let expected = CallbackCipher.signature([token, envelope.timestamp, envelope.nonce, envelope.encrypted])
    guard let claim = Hexadecimal.decode(envelope.signature.utf8) else {
      throw Refusal(.malformedSignature, "the signature in the query is not hexadecimal")
    }
    guard ConstantTime.areEqual(claim, expected) else {
      throw Refusal(.mismatch, "the signature in the query does not fit \"token\"")
    }
    let opened = try open(envelope.encrypted, reading)
    return switch kind {
    case .wecom: wecom(opened, reading, isEcho: envelope.isEcho)
    case .dingtalk: try dingtalk(opened, reading, envelope, random)
    }
  }

  private struct Opened {
    let id: String
    let cipher: CallbackCipher
    let message: [UInt8]
    let receiver: [UInt8]
  }

  private func open(_ text: String, _ reading: RequestReading) throws(Refusal) -> Opened {
    let usable = ciphers.filter { entry in entry.notAfter.map { reading.request.now <= $0 } ?? true }
    guard !usable.isEmpty else { throw Refusal(.noUsableSecret, "every \"encodingAESKey\" is past its last moment") }
    for entry in usable {
      guard let (message, receiver) = entry.cipher.decrypt(text) else { continue }
      guard receivers.contains(where: { ConstantTime.areEqual($0, receiver) }) else {
        throw Refusal(.wrongReceiver, "the message is for another receiver than the settings name")
      }
      return Opened(id: entry.id, cipher: entry.cipher, message: message, receiver: receiver)
    }
    throw Refusal(.undecryptable, "the message cannot be decrypted with \"encodingAESKey\"")
  }

  private func checkTime(_ envelope: Envelope, _ reading: RequestReading, _ tolerance: Int64) throws(Refusal) {
    guard let moment = Moments.read(envelope.timestamp, unit: kind == .wecom ? .seconds : .milliseconds) else {
      throw Refusal(.malformedTimestamp, "\"timestamp\" in the query is no number")
    }
    try Skew.check(moment: moment, now: reading.request.now, tolerance: tolerance)
  }

  private func match(_ opened: Opened, _ reading: RequestReading, type: String) -> Match {
    var request = reading.request
    request.body = opened.message
    let plain = RequestReading(request)
    var match = facts.match(plain, secretID: opened.id)
    match.plaintext = opened.message
    match.plaintextType = type
    return match
  }

  private func wecom(_ opened: Opened, _ reading: RequestReading, isEcho: Bool) -> Verdict {
    if isEcho {
      return .handshake(HandshakeReply(headers: [("content-type", "text/plain")], body: opened.message))
    }
    let type = opened.message.first == UInt8(ascii: "{") ? "application/json" : "text/xml"
    return .accepted(match(opened, reading, type: type))
  }

  /// DingTalk counts an event as delivered only with this answer.
  private func dingtalk(
    _ opened: Opened, _ reading: RequestReading, _ envelope: Envelope, _ random: VerificationRandom
  ) throws(Refusal) -> Verdict {
    guard let event = try? JSON.parse(opened.message) else {
      throw Refusal(.badBody, "the decrypted message is no JSON")
    }
    let kind = event["EventType"]?.stringValue ?? ""
    let isOlderCheck = ["check_create_suite_url", "check_update_suite_url"].contains(kind)
    let content = isOlderCheck ? event["Random"]?.stringValue ?? "success" : "success"
    guard
      let sealed = opened.cipher.encrypt(Array(content.utf8), receiver: opened.receiver, random: random.bytes(16))
    else { throw Refusal(.undecryptable, "the answer cannot be encrypted") }
    let signature = CallbackCipher.signature([token, envelope.timestamp, envelope.nonce, sealed])
    let reply = HandshakeReply.json([
      "msg_signature": .string(Hexadecimal.encode(signature)), "timeStamp": .string(envelope.timestamp),
      "nonce": .string(envelope.nonce), "encrypt": .string(sealed),
    ])
    if isOlderCheck || kind == "check_url" { return .handshake(reply) }
    var match = match(opened, reading, type: "application/json")
    match.answer = reply
    return .accepted(match)
  }
}

extension CallbackCheck {
  /// What is around an encrypted message.
  struct Envelope {
    let signature: String
    let timestamp: String
    let nonce: String
    let encrypted: String
    /// Whether this is the question that WeCom asks an address before it uses it.
    let isEcho: Bool

    init(_ reading: RequestReading, _ kind: Kind) throws(Refusal) {
      if kind == .dingtalk, reading.query("msg_signature") == nil {
        signature = try reading.requiredQuery("signature")
      } else {
        signature = try reading.requiredQuery("msg_signature")
      }
      timestamp = try reading.requiredQuery("timestamp")
      nonce = try reading.requiredQuery("nonce")
      if kind == .wecom, reading.request.method == "GET" {
        // A proxy that decoded the query once too often leaves blanks for the plus signs of base64.
        encrypted = String(try reading.requiredQuery("echostr").map { $0 == " " ? "+" : $0 })
        isEcho = true
      } else {
        encrypted = try Self.encrypted(reading, kind)
        isEcho = false
      }
    }

    private static func encrypted(_ reading: RequestReading, _ kind: Kind) throws(Refusal) -> String {
      let isXML = kind == .wecom && reading.request.body.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "<")
      let found =
        isXML
        ? XMLElements.text(of: "Encrypt", in: reading.request.body) : try reading.text(at: ["encrypt"])
      guard let text = found, !text.isEmpty else {
        throw Refusal(.missingField(isXML ? "Encrypt" : "encrypt"), "the body has no encrypted message")
      }
      return text
    }
  }

  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem) {
    let timestamp = Moments.write(request.now, unit: kind == .wecom ? .seconds : .milliseconds)
    let isEcho = request.method == "GET"
    guard let cipher = ciphers.first?.cipher, let receiver = receivers.first,
      let sealed = cipher.encrypt(request.body, receiver: receiver, random: random.bytes(16))
    else { throw VerifierProblem(setting: "encodingAESKey", "the message cannot be encrypted") }
    let nonce = String(request.id.prefix(32))
    let signature = CallbackCipher.signature([token, timestamp, nonce, sealed])
    request.setQuery("msg_signature", Hexadecimal.encode(signature))
    request.setQuery("timestamp", timestamp)
    request.setQuery("nonce", nonce)
    switch kind {
    case .wecom where isEcho:
      request.setQuery("echostr", sealed)
      request.body = []
    case .wecom:
      let name = String(decoding: receiver, as: UTF8.self)
      let xml = "<xml><ToUserName><![CDATA[\(name)]]></ToUserName><Encrypt><![CDATA[\(sealed)]]></Encrypt></xml>"
      request.body = Array(xml.utf8)
      request.headers.set("content-type", "text/xml")
    case .dingtalk:
      request.body = JSON.object(["encrypt": .string(sealed)]).bytes
      request.headers.set("content-type", "application/json")
    }
  }
}
