// Payments and commerce: Stripe, Shopify, Paddle, PayPal, Square, Alipay, WeChat Pay.

import JSONCodec

extension Provider {
  static let payments = [stripe, shopify, paddle, square, paypal, alipay, wechatPay]

  /// The whole secret is the key, `whsec_` included. Signatures of other versions are left out.
  static let stripe = plain(
    "stripe", title: "Stripe", secret: "the signing secret of the endpoint, whsec_…",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("stripe-signature")],
      layout: .list(separator: UInt8(ascii: ","), itemPrefix: "v1="), signed: [[.element("t"), .literal("."), .body]],
      timestamp: TimestampRule(source: .element("t"), tolerance: 300)),
    facts: EventFacts(dedupe: [.field("id")], event: [.field("type")], retryWindow: 345_600))

  static let shopify = plain(
    "shopify", title: "Shopify", secret: "the client secret of the app, or the signing key of the shop's settings",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-shopify-hmac-sha256"), .header("shopify-hmac-sha256")],
      encoding: .base64),
    facts: EventFacts(
      dedupe: [.header("x-shopify-webhook-id"), .header("shopify-webhook-id")],
      event: [.header("x-shopify-topic"), .header("shopify-topic")], retryWindow: 259_200))

  static let paddle = plain(
    "paddle", title: "Paddle", secret: "the secret key of the notification destination",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("paddle-signature")],
      layout: .list(separator: UInt8(ascii: ";"), itemPrefix: "h1="), signed: [[.element("ts"), .literal(":"), .body]],
      timestamp: TimestampRule(source: .element("ts"), tolerance: 300)),
    facts: EventFacts(dedupe: [.field("event_id")], event: [.field("event_type")], retryWindow: 345_600))

  /// The signature covers the address as it is registered with Square.
  static let square = plain(
    "square", title: "Square", secret: "the signature key of the subscription",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-square-hmacsha256-signature")], encoding: .base64,
      signed: [[.url, .body]]),
    facts: EventFacts(dedupe: [.field("event_id")], event: [.field("type")], retryWindow: 172_800))

  static let paypal = Provider(
    "paypal", title: "PayPal",
    settings: [
      SettingDescription("webhookId", "the id of the webhook in PayPal's dashboard", schema: SettingDescription.text)
        .required,
      .publicKeys("PayPal's certificate, instead of fetching what the request names"), .tolerance(345_600), .privateKey,
    ]
  ) { reading throws(VerifierProblem) in
    let webhook = try reading.requiredText("webhookId")
    let scheme = SignatureScheme(
      algorithm: .publicKey(.rsa(.sha256)), places: [.header("paypal-transmission-sig")], encoding: .base64,
      signed: [
        [
          .header("paypal-transmission-id"), .literal("|"), .header("paypal-transmission-time"),
          .literal("|\(webhook)|"),
          .special { reading in Array(String(CRC32.checksum(of: reading.request.body)).utf8) },
        ]
      ],
      // Whether a repeat carries a new moment is not told, so the limit is as long as repeats come.
      timestamp: TimestampRule(source: .header(["paypal-transmission-time"]), unit: .rfc3339, tolerance: 345_600))
    let facts = EventFacts(dedupe: [.field("id")], event: [.field("event_type")], retryWindow: 345_600)
    var check = try SchemeCheck(scheme, reading, facts, needsKeys: false)
    let source = reading.keySource
    let isFetching = check.keys.isEmpty
    check.remoteKeys = { reading throws(Refusal) in
      let algorithm = try reading.requiredHeader("paypal-auth-algo")
      guard algorithm == "SHA256withRSA" else {
        throw Refusal(.algorithmNotAllowed, "header paypal-auth-algo must be SHA256withRSA")
      }
      guard isFetching else { return [] }
      let address = try reading.requiredHeader("paypal-cert-url")
      guard ProviderAddress.isPayPalCertificate(address) else {
        throw Refusal(.unknownKey(url: nil), "header paypal-cert-url is no https address at paypal.com")
      }
      guard let keys = source.keys(at: address, namedBy: .sender)?.keys else {
        throw Refusal(.unknownKey(url: address), "the certificate of PayPal is not here yet")
      }
      return keys.map { SchemeKey($0, .rsa(.sha256)) }
    }
    check.prepare = { request in
      request.headers.set("paypal-transmission-id", request.id)
      request.headers.set("paypal-auth-algo", "SHA256withRSA")
      request.headers.set("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-0001")
    }
    return check
  }

  /// All fields but the signature are signed, sorted by name. Anything but `success` is an error to Alipay.
  static let alipay = plain(
    "alipay", title: "Alipay", secret: "the public key of Alipay, not that of the app: PEM or base64",
    scheme: SignatureScheme(
      algorithm: .publicKey(.rsa(.sha256)), places: [.form("sign")], encoding: .base64,
      signed: [[.special(allFields)], [.special(filledFields)]]),
    facts: EventFacts(
      dedupe: [.form("notify_id")], event: [.form("trade_status"), .form("notify_type")], retryWindow: 93_600,
      answer: HandshakeReply(headers: [("content-type", "text/plain")], body: Array("success".utf8))),
    settings: [SettingDescription("appId", "the only app whose events count", schema: SettingDescription.text)]
  ) { (check, reading) throws(VerifierProblem) in
    let app = try reading.text("appId")
    check.inspect = { reading throws(Refusal) in
      let form = try reading.form()
      guard let kind = form.only("sign_type"), kind == Array("RSA2".utf8) else {
        throw Refusal(.algorithmNotAllowed, "\"sign_type\" in the form must be RSA2")
      }
      if let app, form.only("app_id") != Array(app.utf8) {
        throw Refusal(.wrongReceiver, "\"app_id\" in the form is another app")
      }
    }
    check.prepare = { request in request.addFormField("sign_type", "RSA2") }
  }

  private static let allFields: @Sendable (RequestReading) throws(Refusal) -> [UInt8] = {
    reading throws(Refusal) in try sortedFields(reading, withEmpty: true)
  }

  private static let filledFields: @Sendable (RequestReading) throws(Refusal) -> [UInt8] = {
    reading throws(Refusal) in try sortedFields(reading, withEmpty: false)
  }

  /// Alipay's libraries differ in whether a field without a value is signed.
  private static func sortedFields(
    _ reading: RequestReading, withEmpty: Bool
  ) throws(Refusal) -> [UInt8] {
    let unsigned = [Array("sign".utf8), Array("sign_type".utf8)]
    let fields = try reading.form().filter { !unsigned.contains($0.name) && (withEmpty || !$0.value.isEmpty) }
    let sorted = fields.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.name == next.name {
      throw Refusal(.badBody, "a field of the form stands in it twice")
    }
    return Array(sorted.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: [UInt8(ascii: "&")]))
  }

  static let wechatPay = plain(
    "wechat-pay", title: "WeChat Pay",
    secret: "platform certificates or public keys of WeChat Pay; a public key needs its id: {id: PUB_KEY_ID_…, value}",
    scheme: SignatureScheme(
      algorithm: .publicKey(.rsa(.sha256)), places: [.header("wechatpay-signature")], encoding: .base64,
      signed: [
        [
          .header("wechatpay-timestamp"), .literal("\n"), .header("wechatpay-nonce"), .literal("\n"), .body,
          .literal("\n"),
        ]
      ], timestamp: TimestampRule(source: .header(["wechatpay-timestamp"]), tolerance: 300),
      keyIDHeader: "wechatpay-serial"),
    facts: EventFacts(
      dedupe: [.field("id")], event: [.field("event_type")], retryWindow: 90_000, answer: .empty(204)),
    settings: [
      SettingDescription(
        "apiV3Key", "the APIv3 key, 32 characters; with it the workflow gets the decrypted resource",
        schema: ["type": "string", "minLength": 32, "maxLength": 32]),
      SettingDescription(
        "serial", "for sending: the serial number or id of the key; never needed to verify",
        schema: SettingDescription.text),
    ]
  ) { (check, reading) throws(VerifierProblem) in
    let serial = try reading.text("serial") ?? check.keys.first?.id ?? ""
    check.prepare = { request in
      request.headers.set("wechatpay-serial", serial)
      request.headers.set("wechatpay-nonce", request.id)
      request.headers.set("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048")
    }
    guard let key = try reading.text("apiV3Key") else { return }
    guard key.utf8.count == 32 else {
      throw VerifierProblem(setting: "apiV3Key", "\"apiV3Key\" must have 32 characters")
    }
    let cipher = WeChatPayCipher(key: Array(key.utf8))
    check.finish = { (match, reading) throws(Refusal) in
      match.plaintext = try cipher.decrypt(reading.json())
      match.plaintextType = "application/json"
      match.document = nil
    }
  }
}
