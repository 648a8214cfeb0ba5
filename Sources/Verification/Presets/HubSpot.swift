// HubSpot has had three versions of its signature and sends several side by side.

import JSONCodec

extension Provider {
  static let hubspot = Provider(
    "hubspot", title: "HubSpot", methods: ["POST", "GET"],
    settings: [
      .secrets("the client secret of the app").required, .url,
      SettingDescription(
        "versions", "which signatures count: v3 (standard), v2, v1; a body can be appended to with v1",
        schema: ["type": "array", "items": SettingDescription.choice(["v3", "v2", "v1"]), "minItems": 1]),
      .tolerance(300),
    ]
  ) { reading throws(VerifierProblem) in
    let named = try reading.texts("versions")
    let versions = named.isEmpty ? ["v3"] : named
    var checks: [any Check] = []
    for version in versions {
      guard let scheme = hubSpotSchemes[version] else {
        throw VerifierProblem(setting: "versions", "\"versions\" may hold v3, v2 and v1")
      }
      var check = try SchemeCheck(scheme, reading, hubSpotFacts)
      if version != "v3" {
        check.unsignedHandshakes = [hubSpotVersion(version)]
        check.prepare = { request in request.headers.set("x-hubspot-signature-version", version) }
      }
      checks.append(check)
    }
    return checks.count == 1 ? checks[0] : AnyOfCheck(checks: checks)
  }

  /// Requests of another version have another check.
  private static func hubSpotVersion(_ version: String) -> Handshake {
    Handshake { reading, _ throws(Refusal) in
      let stated = try reading.header("x-hubspot-signature-version") ?? "v1"
      guard stated == version else {
        throw Refusal(.malformedSignature, "header x-hubspot-signature is not of version \(version)")
      }
      return nil
    }
  }

  private static let hubSpotFacts = EventFacts(
    dedupe: [.each("", ["eventId", "occurredAt", "objectId"])], event: [.field("0.subscriptionType")])

  private static let hubSpotSchemes: [String: SignatureScheme] = [
    "v3": SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-hubspot-signature-v3")], encoding: .base64,
      signed: [
        [.method, .calledURL(CalledURL.hubSpotDecoded), .body, .header("x-hubspot-request-timestamp")],
        [.method, .url, .body, .header("x-hubspot-request-timestamp")],
      ],
      timestamp: TimestampRule(
        source: .header(["x-hubspot-request-timestamp"]), unit: .milliseconds, tolerance: 300)),
    "v2": SignatureScheme(
      algorithm: .digest(.sha256), places: [.header("x-hubspot-signature")],
      signed: [[.secret, .method, .url, .body]]),
    "v1": SignatureScheme(
      algorithm: .digest(.sha256), places: [.header("x-hubspot-signature")], signed: [[.secret, .body]]),
  ]
}
