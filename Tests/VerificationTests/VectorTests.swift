// Signatures that providers publish, or that their own libraries made.

import JSONCodec
import TestSupport
import Testing

@testable import Verification

@Suite("Vectors of providers", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct VectorTests {
  let vectors: JSON

  init() throws { vectors = try JSON.parse(SharedData.bytes("provider-vectors.json")) }

  /// A vector with its headers, checked at the moment it is from.
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let provider: String
    var keySetting = "secrets"
    var key = ["secret"]
    var settings: JSONObject = [:]
    /// Milliseconds since 1970.
    var now: Int64 = 0
    var path = "/"
    var query = ""
    var publicURL: String?

    var testDescription: String { name }
  }

  static let simple: [Vector] = [
    Vector(name: "github", provider: "github"), Vector(name: "bitbucket", provider: "bitbucket"),
    Vector(
      name: "gitlab_signing", provider: "gitlab", keySetting: "signingTokens", key: ["signing_token"],
      now: 1_744_540_800_000),
    Vector(name: "slack", provider: "slack", now: 1_531_420_618_000),
    Vector(name: "standard_webhooks_v1", provider: "standard-webhooks", now: 1_614_265_330_000),
    Vector(name: "svix_v1_b", provider: "svix", now: 1_649_367_553_000),
    Vector(name: "svix_v1_b", provider: "standard-webhooks", now: 1_649_367_553_000),
    Vector(
      name: "standard_webhooks_v1a", provider: "standard-webhooks", keySetting: "publicKeys", key: ["public_key"],
      now: 1_614_265_330_000),
    Vector(name: "stripe", provider: "stripe", now: 1_492_774_577_000),
    Vector(
      name: "sendgrid", provider: "sendgrid", keySetting: "publicKeys", key: ["public_key"], now: 1_600_112_502_000),
    Vector(
      name: "square", provider: "square", key: ["key"], path: "/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
      publicURL: "https://webhook.site"),
    Vector(name: "paddle_second_h1_third_secret", provider: "paddle", key: ["secrets"], now: 1_696_195_954_000),
    Vector(
      name: "discord", provider: "discord", keySetting: "publicKeys", key: ["public_key"], now: 1_695_000_000_000),
    Vector(name: "zoom", provider: "zoom", now: 1_700_000_000_000),
  ]

  @Test("a published signature is accepted, and not for another body", arguments: simple)
  func published(_ vector: Vector) throws {
    let entry = try #require(vectors[vector.name])
    var settings: JSONObject = ["provider": .string(vector.provider)]
    let key: JSON = try #require(entry.value(at: vector.key))
    settings[vector.keySetting] = key
    let verifier = try Verifier.make(settings: .object(settings))
    let headers = HeaderList(entry["headers"]?.members.map { ($0.key, $0.value.stringValue ?? "") } ?? [])
    var request = VerificationRequest(
      path: vector.path, query: vector.query, publicURL: vector.publicURL, headers: headers,
      body: Array(try #require(entry["body"]?.stringValue).utf8), now: vector.now)
    let verdict = verifier.verify(request)
    #expect(verdict.match != nil || verdict.reply != nil, "\(verdict)")
    request.body.append(UInt8(ascii: " "))
    #expect(verifier.verify(request).refusal?.reason == .mismatch)
  }

  @Test("which secret of several matched is told")
  func thirdSecret() throws {
    let entry = try #require(vectors["paddle_second_h1_third_secret"])
    let verifier = try Verifier.make(settings: ["provider": "paddle", "secrets": try #require(entry["secrets"])])
    let request = VerificationRequest(
      headers: HeaderList([("Paddle-Signature", entry["headers"]?["Paddle-Signature"]?.stringValue ?? "")]),
      body: Array("hello-world".utf8), now: 1_696_195_954_000)
    #expect(verifier.verify(request).match?.secretID == "3")
  }

  @Test("the plain signatures over one body are accepted where providers put them")
  func plainBodies() throws {
    let entry = try #require(vectors["plain_body_hmacs"])
    func value(_ name: String) -> String { entry[name]?.stringValue ?? "" }
    let cases: [(String, String, String)] = [
      ("gitea", "X-Gitea-Signature", value("sha256_hex")), ("linear", "Linear-Signature", value("sha256_hex")),
      ("sentry", "Sentry-Hook-Signature", value("sha256_hex")), ("dropbox", "X-Dropbox-Signature", value("sha256_hex")),
      ("meta", "X-Hub-Signature-256", "sha256=" + value("sha256_hex")),
      (
        "pagerduty", "X-PagerDuty-Signature",
        "v1=137520d465b2e0948d7ae05aed7614b212bdbf77a66d0c971825d175e89c3b3d,v1=" + value("sha256_hex")
      ), ("shopify", "X-Shopify-Hmac-SHA256", value("sha256_b64")), ("tally", "Tally-Signature", value("sha256_b64")),
      ("typeform", "Typeform-Signature", "sha256=" + value("sha256_b64")),
      ("twitter", "x-twitter-webhooks-signature", "sha256=" + value("sha256_b64")),
      ("intercom", "X-Hub-Signature", "sha1=" + value("sha1_hex")),
    ]
    for (provider, header, signature) in cases {
      var settings: JSONObject = ["provider": .string(provider), "secrets": "topsecret"]
      if provider == "meta" { settings["verifyToken"] = "x" }
      let verifier = try Verifier.make(settings: .object(settings))
      let request = VerificationRequest(
        headers: HeaderList([(header, signature)]), body: Array(#"{"hello":"world"}"#.utf8), now: 0)
      #expect(verifier.verify(request).match != nil, "\(provider)")
    }
    for (algorithm, encoding, name) in [
      ("sha512", "hex", "sha512_hex"), ("sha1", "base64", "sha1_b64"), ("sha256", "hex", "sha256_hex"),
    ] {
      let verifier = try Verifier.make(settings: [
        "provider": "hmac", "secrets": "topsecret", "header": "x-s", "algorithm": .string(algorithm),
        "encoding": .string(encoding),
      ])
      let request = VerificationRequest(
        headers: HeaderList([("X-S", value(name))]), body: Array(#"{"hello":"world"}"#.utf8), now: 0)
      #expect(verifier.verify(request).match != nil, "\(name)")
    }
  }

  @Test("Twilio: forms, keys that stand twice, ports, hashes of bodies, SHA-256")
  func twilio() throws {
    let verifier = try Verifier.make(settings: ["provider": "twilio", "secrets": "12345"])
    let form = try #require(vectors["twilio_form"])
    let fields = (form["params"]?.members ?? []).map {
      FormField(name: Array($0.key.utf8), value: Array(($0.value.stringValue ?? "").utf8))
    }
    let twice = try #require(vectors["twilio_duplicate_keys"])
    let json = try #require(vectors["twilio_json"])
    let query = "foo=1&bar=2"
    let hashed = "foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    let cases: [(String, String?, String)] = [
      (query, form["X-Twilio-Signature"]?.stringValue, FormFields.write(fields)),
      (query, form["also_valid_if_signed_with_port_443"]?.stringValue, FormFields.write(fields)),
      (query, twice["X-Twilio-Signature"]?.stringValue, try #require(twice["form"]?.stringValue)),
      (hashed, json["X-Twilio-Signature"]?.stringValue, try #require(json["body"]?.stringValue)),
    ]
    for (query, signature, body) in cases {
      var request = VerificationRequest(
        path: "/myapp.php", query: query, publicURL: "https://mycompany.com",
        headers: HeaderList([("X-Twilio-Signature", try #require(signature))]), body: Array(body.utf8), now: 0)
      #expect(verifier.verify(request).match != nil, "\(body)")
      request.body.append(UInt8(ascii: "1"))
      #expect(verifier.verify(request).refusal?.reason == .mismatch)
    }
    let newer = try Verifier.make(settings: ["provider": "twilio", "secrets": "12345", "algorithm": "sha256"])
    let signature = try #require(form["hmac_sha256_variant"]?.stringValue)
    let request = VerificationRequest(
      path: "/myapp.php", query: query, publicURL: "https://mycompany.com",
      headers: HeaderList([("X-Twilio-Signature", signature)]), body: Array(FormFields.write(fields).utf8), now: 0)
    #expect(newer.verify(request).match != nil)
    #expect(verifier.verify(request).refusal?.reason == .mismatch)
  }

  @Test("HubSpot: all three versions")
  func hubSpot() throws {
    let entry = try #require(vectors["hubspot"])
    let verifier = try Verifier.make(settings: [
      "provider": "hubspot", "secrets": try #require(entry["client_secret"]), "versions": ["v3", "v2", "v1"],
    ])
    func verdict(_ headers: [(String, String)], method: String = "POST", body: String?) -> Verdict {
      verifier.verify(
        VerificationRequest(
          method: method, path: "/webhook_uri", publicURL: "https://www.example.com", headers: HeaderList(headers),
          body: Array((body ?? "").utf8), now: 1_564_113_600_000))
    }
    let body = entry["body"]?.stringValue
    let v1 = try #require(entry["v1"]?.stringValue)
    #expect(verdict([("X-HubSpot-Signature", v1), ("X-HubSpot-Signature-Version", "v1")], body: body).match != nil)
    let get = try #require(entry["v2_GET_empty_body"]?.stringValue)
    let second = ("X-HubSpot-Signature-Version", "v2")
    #expect(verdict([("X-HubSpot-Signature", get), second], method: "GET", body: "").match != nil)
    let post = try #require(entry["v2_POST_body"])
    let signature = try #require(post["sig"]?.stringValue)
    #expect(verdict([("X-HubSpot-Signature", signature), second], body: post["body"]?.stringValue).match != nil)
    let v3 = try #require(entry["v3_POST"]?["sig"]?.stringValue)
    let headers = [("X-HubSpot-Signature-v3", v3), ("X-HubSpot-Request-Timestamp", "1564113600000")]
    #expect(verdict(headers, body: body).match?.dedupeKey == "1:1564113600000:123")
    #expect(verdict(headers, body: "[]").refusal?.reason == .mismatch)
  }

  @Test("Mailgun, Jiandaoyun, Gitee and DingTalk's robots")
  func others() throws {
    let mailgun = try #require(vectors["mailgun"])
    let check = try Verifier.make(settings: [
      "provider": "mailgun", "secrets": try #require(mailgun["signing_key"]), "tolerance": "none",
    ])
    var members: JSONObject = [:]
    for name in ["timestamp", "token", "signature"] { members[name] = mailgun[name] }
    let body = JSON.object(["signature": .object(members)]).bytes
    #expect(check.verify(VerificationRequest(headers: HeaderList(), body: body, now: 0)).match != nil)

    let jiandaoyun = try Verifier.make(settings: ["provider": "jiandaoyun", "secrets": "topsecret"])
    let signature = try #require(vectors["jiandaoyun"]?["X-JDY-Signature"]?.stringValue)
    let push = VerificationRequest(
      query: "nonce=abc123&timestamp=1528455296", headers: HeaderList([("X-JDY-Signature", signature)]),
      body: Array(#"{"op":"data_create"}"#.utf8), now: 1_528_455_296_000)
    #expect(jiandaoyun.verify(push).match?.event == "data_create")

    let gitee = try #require(vectors["gitee"])
    let robot = try #require(vectors["dingtalk_robot_sign"])
    let stamped: [(String, JSON?, [(String, JSON?)], Int64)] = [
      (
        "gitee", gitee["secret"],
        [("X-Gitee-Timestamp", gitee["X-Gitee-Timestamp"]), ("X-Gitee-Token", gitee["X-Gitee-Token"])],
        1_576_754_827_988
      ),
      (
        "dingtalk-robot", robot["secret"], [("timestamp", robot["timestamp"]), ("sign", robot["sign"])],
        1_577_836_800_000
      ),
    ]
    for (provider, secret, headers, now) in stamped {
      let verifier = try Verifier.make(settings: ["provider": .string(provider), "secrets": try #require(secret)])
      let list = HeaderList(headers.map { ($0.0, $0.1?.stringValue ?? "") })
      #expect(verifier.verify(VerificationRequest(headers: list, body: [], now: now)).match != nil, "\(provider)")
    }
  }

  @Test("passwords and tokens of the RFCs")
  func credentials() throws {
    let entry = try #require(vectors["basic_rfc7617"])
    for item in [entry, try #require(entry["colon_case"])] {
      let verifier = try Verifier.make(settings: [
        "provider": "basic", "username": try #require(item["user"]), "secrets": try #require(item["password"]),
      ])
      let headers = HeaderList([("Authorization", try #require(item["authorization"]?.stringValue))])
      #expect(verifier.verify(VerificationRequest(headers: headers, body: [], now: 0)).match != nil)
    }
    let token = try #require(vectors["jwt_hs256_rfc7515_a1"])
    let key = try #require(token["jwk_k"]?.stringValue.flatMap { Base64.decode($0, alphabet: .url, ending: .anyBits) })
    let parts = try JWTCheck.Token(try #require(token["token"]?.stringValue))
    #expect(PreparedMAC(.sha256, secret: key).code(for: [parts.signed]) == parts.signature)
    #expect(throws: Refusal.self) {
      try JWTClaims().check(
        parts.claims, VerificationRequest(headers: HeaderList(), body: [], now: 1_771_444_895_000))
    }
    try JWTClaims().check(parts.claims, VerificationRequest(headers: HeaderList(), body: [], now: 1_300_819_000_000))
  }
}
