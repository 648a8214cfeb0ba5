// The questions that providers ask an address before they use it, and while they do. Those before the signature carry
// none; nothing that they say reaches a workflow.

import JSONCodec

enum Handshakes {
  // MARK: Before the signature

  /// Slack looks whether the certificate is good.
  static func slackCertificate(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    let asks = reading.query("ssl_check") == "1" || reading.request.body.starts(with: "ssl_check=1".utf8)
    return asks ? .empty(200) : nil
  }

  /// Any HEAD: whether somebody is there.
  static func head(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    reading.request.method == "HEAD" ? .empty(200) : nil
  }

  static func dropboxChallenge(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.method == "GET", let challenge = reading.query("challenge") else { return nil }
    return .text(challenge)
  }

  static func twitterChallenge(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.method == "GET", let token = reading.query("crc_token") else { return nil }
    guard let key = keys.first, token.utf8.count <= 1024 else {
      throw Refusal(.challengeRefused, "the challenge cannot be answered")
    }
    let code = PreparedMAC(.sha256, secret: key.secret).code(for: [Array(token.utf8)])
    return .json(["response_token": .string("sha256=" + Base64.encode(code))])
  }

  /// The token was typed beside the address at Meta.
  static func metaChallenge(_ reading: RequestReading, token expected: [UInt8]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.method == "GET", reading.query("hub.mode") == "subscribe" else { return nil }
    guard let token = reading.query("hub.verify_token"), let challenge = reading.query("hub.challenge"),
      ConstantTime.areEqualTokens(Array(token.utf8), expected)
    else { throw Refusal(.challengeRefused, "hub.verify_token is not the \"verifyToken\" of the settings") }
    return .text(challenge)
  }

  static func graphValidation(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.method == "POST", reading.request.body.isEmpty,
      let token = reading.query("validationToken")
    else { return nil }
    return .text(token)
  }

  /// Section 4 of the specification of webhooks for CloudEvents: consent is in the headers, not in the status.
  static func cloudEventsConsent(_ reading: RequestReading, origins: [String]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.method == "OPTIONS" else { return nil }
    let origin = try reading.requiredHeader("webhook-request-origin")
    guard origins.contains("*") || origins.contains(where: { $0.hasSameLetters(as: origin) }) else {
      throw Refusal(.originNotAllowed, "header webhook-request-origin is none of \"origins\"")
    }
    var headers = [("allow", "POST"), ("webhook-allowed-origin", origin)]
    if try reading.header("webhook-request-rate") != nil { headers.append(("webhook-allowed-rate", "*")) }
    return HandshakeReply(headers: headers)
  }

  // MARK: After the signature

  static func slackChallenge(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    guard reading.request.body.first == UInt8(ascii: "{"),
      (try? reading.text(at: ["type"])) == "url_verification", let challenge = try reading.text(at: ["challenge"])
    else { return nil }
    return .text(challenge)
  }

  static func discordPing(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    let document = try reading.json()
    switch document["type"]?.intValue {
    case 0: return discordReceived
    case 1 where document["event"] == nil: return .json(["type": 1])
    default: return nil
    }
  }

  /// For webhook events.
  static let discordReceived = HandshakeReply(status: 204, headers: [("content-type", "application/json")])

  /// "An answer comes later": for a component without a sign of waiting.
  static func discordAnswer(_ reading: RequestReading) -> HandshakeReply? {
    guard let document = try? reading.json() else { return nil }
    if document["event"] != nil { return discordReceived }
    return .json(["type": document["type"]?.intValue == 3 ? 6 : 5])
  }

  static func zoomValidation(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    guard (try? reading.text(at: ["event"])) == "endpoint.url_validation",
      let token = try reading.text(at: ["payload", "plainToken"]), let key = keys.first
    else { return nil }
    let code = PreparedMAC(.sha256, secret: key.secret).code(for: [Array(token.utf8)])
    return .json(["plainToken": .string(token), "encryptedToken": .string(Hexadecimal.encode(code))])
  }

  static func eventGridValidation(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    let event = (try? reading.json())?[0]
    guard event?["eventType"]?.stringValue == "Microsoft.EventGrid.SubscriptionValidationEvent",
      let code = event?["data"]?["validationCode"]?.stringValue
    else { return nil }
    return .json(["validationResponse": .string(code)])
  }
}
