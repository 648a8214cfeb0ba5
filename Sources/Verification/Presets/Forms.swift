// Forms and low-code tools: Typeform, Tally, Jotform, Jiandaoyun.

extension Provider {
  static let forms = [typeform, tally, jotform, jiandaoyun]

  static let typeform = plain(
    "typeform", title: "Typeform", secret: "the secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("typeform-signature")], layout: .prefix("sha256="),
      encoding: .base64),
    facts: EventFacts(dedupe: [.field("event_id")], event: [.field("event_type")], retryWindow: 86_400))

  static let tally = plain(
    "tally", title: "Tally", secret: "the signing secret of the webhook",
    scheme: SignatureScheme(algorithm: .hmac(.sha256), places: [.header("tally-signature")], encoding: .base64),
    facts: EventFacts(dedupe: [.field("eventId")], event: [.field("eventType")], retryWindow: 172_800))

  /// Jotform signs nothing: a long random text in the address stands for it.
  static let jotform = plain(
    "jotform", title: "Jotform", secret: "a long random text that stands in the address: ?token=…",
    scheme: SignatureScheme(algorithm: .token, places: [.query("token")], encoding: .text),
    facts: EventFacts(dedupe: [.multipart("submissionID"), .form("submissionID")]))

  static let jiandaoyun = plain(
    "jiandaoyun", title: "Jiandaoyun", secret: "the secret of the push",
    scheme: SignatureScheme(
      algorithm: .digest(.sha1), places: [.header("x-jdy-signature")],
      signed: [
        [.query("nonce"), .literal(":"), .body, .literal(":"), .secret, .literal(":"), .query("timestamp")]
      ], timestamp: TimestampRule(source: .query("timestamp"), tolerance: 300)),
    facts: EventFacts(dedupe: [.header("x-jdy-deliverid")], event: [.field("op")])
  ) { check, _ in
    check.prepare = { request in request.setQuery("nonce", request.id) }
  }
}
