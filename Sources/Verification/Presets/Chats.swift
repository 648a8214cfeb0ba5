// Chat and collaboration with signatures: Slack, DingTalk's robots, Discord, Telegram, Zoom, Linear, Intercom.

import JSONCodec

extension Provider {
  static let chats = [slack, dingtalkRobot, discord, telegram, zoom, linear, intercom]

  /// Whatever is in the answer to a slash command is shown to people, so it is empty.
  static let slack = plain(
    "slack", title: "Slack", methods: ["POST", "GET"], secret: "the signing secret of the app",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-slack-signature")], layout: .prefix("v0="),
      signed: [[.literal("v0:"), .header("x-slack-request-timestamp"), .literal(":"), .body]],
      timestamp: TimestampRule(source: .header(["x-slack-request-timestamp"]), tolerance: 300)),
    facts: EventFacts(
      dedupe: [.field("event_id"), .form("trigger_id"), .formJSON("payload", "trigger_id")],
      event: [.field("event.type"), .field("type"), .form("command"), .formJSON("payload", "type")],
      answer: .empty(200))
  ) { check, _ in
    check.unsignedHandshakes = [Handshake(Handshakes.slackCertificate)]
    check.signedHandshakes = [Handshake(Handshakes.slackChallenge)]
  }

  /// The body is not covered by the signature: whoever saw one request may send others for an hour.
  static let dingtalkRobot = plain(
    "dingtalk-robot", title: "DingTalk robot", secret: "the app secret of the robot's app",
    scheme: .momentAndSecret(signature: "sign", timestamp: "timestamp"),
    facts: EventFacts(dedupe: [.field("msgId")], event: [.field("msgtype")], answer: .empty(200)))

  /// Addresses are probed with wrong signatures, which must be answered with 401.
  static let discord = plain(
    "discord", title: "Discord", secret: "the public key of the application, 64 hexadecimal digits",
    scheme: SignatureScheme(
      algorithm: .publicKey(.ed25519), places: [.header("x-signature-ed25519")],
      signed: [[.header("x-signature-timestamp"), .body]],
      timestamp: TimestampRule(source: .header(["x-signature-timestamp"]), tolerance: 300)),
    facts: EventFacts(
      dedupe: [.field("id"), .joined([.field("application_id"), .field("event.type"), .field("event.timestamp")])],
      event: [.field("event.type"), .field("type")])
  ) { check, _ in
    check.signedHandshakes = [Handshake(Handshakes.discordPing)]
    check.answers = Handshakes.discordAnswer
  }

  /// An answer's body may be a call of the Bot API, so it is empty.
  static let telegram = plain(
    "telegram", title: "Telegram", secret: "the secret_token given to setWebhook",
    scheme: SignatureScheme(
      algorithm: .token, places: [.header("x-telegram-bot-api-secret-token")], encoding: .text),
    facts: EventFacts(dedupe: [.field("update_id")], event: [.keyBeside("update_id")], answer: .empty(200)))

  static let zoom = plain(
    "zoom", title: "Zoom", secret: "the secret token of the app",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-zm-signature")], layout: .prefix("v0="),
      signed: [[.literal("v0:"), .header("x-zm-request-timestamp"), .literal(":"), .body]],
      timestamp: TimestampRule(source: .header(["x-zm-request-timestamp"]), tolerance: 300)),
    facts: EventFacts(
      dedupe: [
        .joined([.field("event"), .field("event_ts"), .field("payload.object.uuid")]),
        .joined([.field("event"), .field("event_ts"), .field("payload.object.id")]),
      ], event: [.field("event")], answer: .empty(200))
  ) { check, _ in
    check.signedHandshakes = [Handshake(Handshakes.zoomValidation)]
  }

  /// The moment is taken from the signed body; the header of the same meaning is not signed.
  static let linear = plain(
    "linear", title: "Linear", secret: "the signing secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("linear-signature")],
      timestamp: TimestampRule(
        source: .field(["webhookTimestamp"]), unit: .milliseconds, tolerance: 300, isRequired: false)),
    facts: EventFacts(
      dedupe: [.header("linear-delivery")], event: [.header("linear-event"), .field("type")], answer: .empty(200)))

  static let intercom = plain(
    "intercom", title: "Intercom", methods: ["POST", "HEAD"], secret: "the client secret of the app",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha1), places: [.header("x-hub-signature")], layout: .prefix("sha1=")),
    facts: EventFacts(dedupe: [.field("id")], event: [.field("topic")])
  ) { check, _ in
    check.unsignedHandshakes = [Handshake(Handshakes.head)]
  }
}
