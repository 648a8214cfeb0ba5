// Services of many kinds: Standard Webhooks and Svix, SendGrid, Mailgun, Sentry, PagerDuty, Dropbox, Twitter, Meta,
// Zendesk.

import JSONCodec

extension Provider {
  static let services = [
    standardWebhooks, svix, twilio, sendgrid, mailgun, sentry, pagerduty, dropbox, twitter, meta, zendesk, hubspot,
    salesforce,
  ]

  static let standardWebhooks = StandardWebhooks.provider(
    "standard-webhooks", title: "Standard Webhooks", prefixes: ["webhook", "svix"], retryWindow: 259_200)

  static let svix = StandardWebhooks.provider(
    "svix", title: "Svix", prefixes: ["svix", "webhook"], retryWindow: 129_600)

  /// A repeat may carry the first moment, so the limit is as long as repeats come.
  static let sendgrid = plain(
    "sendgrid", title: "SendGrid", secret: "the verification key of the event webhook, base64",
    scheme: SignatureScheme(
      algorithm: .publicKey(.ecdsa(isDER: true)), places: [.header("x-twilio-email-event-webhook-signature")],
      encoding: .base64, signed: [[.header("x-twilio-email-event-webhook-timestamp"), .body]],
      timestamp: TimestampRule(source: .header(["x-twilio-email-event-webhook-timestamp"]), tolerance: 86_400)),
    facts: EventFacts(dedupe: [.each("", ["sg_event_id"])], event: [.field("0.event")]))

  /// The body is not covered by the signature; each token counts once.
  static let mailgun = plain(
    "mailgun", title: "Mailgun", secret: "the HTTP webhook signing key",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.field(["signature", "signature"])],
      signed: [[.field(["signature", "timestamp"]), .field(["signature", "token"])]],
      timestamp: TimestampRule(source: .field(["signature", "timestamp"]), tolerance: 86_400)),
    facts: EventFacts(dedupe: [.field("signature.token")], event: [.field("event-data.event")])
  ) { check, _ in
    check.prepare = { request in request.setField(["signature", "token"], request.id) }
  }

  /// The moment is not signed.
  static let sentry = plain(
    "sentry", title: "Sentry", secret: "the client secret of the integration",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("sentry-hook-signature")],
      timestamp: TimestampRule(source: .header(["sentry-hook-timestamp"]), tolerance: 300, isRequired: false)),
    facts: EventFacts(dedupe: [.header("request-id")], event: [.header("sentry-hook-resource")], answer: .empty(200)))

  static let pagerduty = plain(
    "pagerduty", title: "PagerDuty", secret: "the secret of the webhook subscription",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-pagerduty-signature")],
      layout: .list(separator: UInt8(ascii: ","), itemPrefix: "v1=")),
    facts: EventFacts(dedupe: [.field("event.id")], event: [.field("event.event_type")], retryWindow: 259_200))

  static let dropbox = plain(
    "dropbox", title: "Dropbox", methods: ["POST", "GET"], secret: "the app secret",
    scheme: SignatureScheme(algorithm: .hmac(.sha256), places: [.header("x-dropbox-signature")]),
    facts: EventFacts(dedupe: [], answer: .empty(200))
  ) { check, _ in
    check.unsignedHandshakes = [Handshake(Handshakes.dropboxChallenge)]
  }

  static let twitter = plain(
    "twitter", title: "Twitter, X", methods: ["POST", "GET"], secret: "the consumer secret of the app",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-twitter-webhooks-signature")], layout: .prefix("sha256="),
      encoding: .base64),
    facts: EventFacts(dedupe: [], event: [.keyBeside("for_user_id")], answer: .empty(200))
  ) { check, _ in
    check.unsignedHandshakes = [Handshake(Handshakes.twitterChallenge)]
  }

  /// WhatsApp, Instagram, Messenger and all others of Meta. Bodies escape what is not ASCII: only raw bytes fit.
  static let meta = plain(
    "meta", aliases: ["whatsapp"], title: "Meta and WhatsApp", methods: ["POST", "GET"], secret: "the app secret",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-hub-signature-256")], layout: .prefix("sha256=")),
    facts: EventFacts(
      dedupe: [
        .every("entry.*.changes.*.value.messages.*.id"),
        .joined([
          .every("entry.*.changes.*.value.statuses.*.id"), .every("entry.*.changes.*.value.statuses.*.status"),
        ]),
      ], event: [.field("entry.0.changes.0.field"), .field("object")], retryWindow: 604_800, answer: .empty(200)),
    settings: [
      SettingDescription(
        "verifyToken", "the text typed beside the address when it is registered", schema: SettingDescription.text
      )
      .required
    ]
  ) { (check, reading) throws(VerifierProblem) in
    let expected = Array(try reading.requiredText("verifyToken").utf8)
    check.unsignedHandshakes = [
      Handshake { reading, _ throws(Refusal) in try Handshakes.metaChallenge(reading, token: expected) }
    ]
  }

  static let zendesk = plain(
    "zendesk", title: "Zendesk", secret: "the signing secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-zendesk-webhook-signature")], encoding: .base64,
      signed: [[.header("x-zendesk-webhook-signature-timestamp"), .body]],
      timestamp: TimestampRule(
        source: .header(["x-zendesk-webhook-signature-timestamp"]), unit: .rfc3339, tolerance: 300)),
    facts: EventFacts(dedupe: [.header("x-zendesk-webhook-invocation-id")], event: [.field("type")]))

  /// Outbound messages are not signed: a long random text in the address, and the organization's id.
  static let salesforce = plain(
    "salesforce", title: "Salesforce outbound messages",
    secret: "a long random text that stands in the address: ?token=…",
    scheme: SignatureScheme(algorithm: .token, places: [.query("token")], encoding: .text),
    facts: EventFacts(
      dedupe: [.elements("Id")],
      answer: HandshakeReply(headers: [("content-type", "text/xml")], body: acknowledgement)),
    settings: [
      SettingDescription(
        "organizationId", "the 18 characters of the organization's id", schema: SettingDescription.text
      ).required
    ]
  ) { (check, reading) throws(VerifierProblem) in
    let organization = try reading.requiredText("organizationId")
    check.inspect = { reading throws(Refusal) in
      guard XMLElements.text(of: "OrganizationId", in: reading.request.body) == organization else {
        throw Refusal(.wrongReceiver, "the message is not from the organization of the settings")
      }
    }
  }

  private static let acknowledgement = Array(
    """
    <?xml version="1.0" encoding="UTF-8"?>\
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>\
    <notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>\
    </soapenv:Body></soapenv:Envelope>
    """.utf8)
}
