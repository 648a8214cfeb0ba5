// The Standard Webhooks specification, which Svix and GitLab's signing tokens follow too.

enum StandardWebhooks {
  /// `v1`: HMAC-SHA256 with a secret of base64.
  static func symmetric(prefixes: [String]) -> SignatureScheme {
    var scheme = base(prefixes, .hmac(.sha256), "v1,")
    scheme.keyDecoding = .base64AfterPrefix("whsec_")
    return scheme
  }

  /// `v1a`: Ed25519.
  static func asymmetric(prefixes: [String]) -> SignatureScheme {
    base(prefixes, .publicKey(.ed25519), "v1a,")
  }

  private static func base(
    _ prefixes: [String], _ algorithm: SignatureAlgorithm, _ item: String
  ) -> SignatureScheme {
    let timestamps = prefixes.map { "\($0)-timestamp" }
    return SignatureScheme(
      algorithm: algorithm, places: prefixes.map { .header("\($0)-signature") },
      layout: .list(separator: UInt8(ascii: " "), itemPrefix: item), encoding: .base64,
      signed: [[.identifier(prefixes.map { "\($0)-id" }), .literal("."), .header(timestamps), .literal("."), .body]],
      timestamp: TimestampRule(source: .header(timestamps), tolerance: 300))
  }

  /// Shorter secrets could be guessed.
  static let shortestSecret = 16

  static func provider(
    _ name: String, title: String, prefixes: [String], retryWindow: Int
  ) -> Provider {
    Provider(
      name, title: title,
      settings: [
        .secrets("the signing secret, whsec_…"), .publicKeys("the public key, whpk_…, of a sender that signs with v1a"),
        SettingDescription(
          "privateKey", "for sending with v1a: whsk_…; never needed to verify", schema: SettingDescription.text),
        .tolerance(300),
      ], alternatives: [["secrets", "publicKeys", "privateKey"]]
    ) { reading throws(VerifierProblem) in
      let facts = EventFacts(
        dedupe: prefixes.map { .header("\($0)-id") }, event: [.field("type")], retryWindow: retryWindow)
      var checks: [any Check] = []
      let keyed = try SchemeCheck(symmetric(prefixes: prefixes), reading, facts, needsKeys: false)
      for key in keyed.keys where key.secret.count < shortestSecret {
        throw VerifierProblem(
          setting: "secrets", "a secret has \(key.secret.count) bytes, at least \(shortestSecret) are needed")
      }
      if !keyed.keys.isEmpty { checks.append(keyed) }
      let signed = try asymmetricCheck(asymmetric(prefixes: prefixes), reading, facts)
      if !signed.keys.isEmpty || signed.privateKey != nil { checks.append(signed) }
      if checks.count == 1, !reading.isForSending, signed.keys.isEmpty, keyed.keys.isEmpty {
        throw VerifierProblem(setting: "secrets", "\"secrets\" or \"publicKeys\" is missing")
      }
      return checks.count == 1 ? checks[0] : AnyOfCheck(checks: checks)
    }
  }

  private static func asymmetricCheck(
    _ scheme: SignatureScheme, _ reading: SettingsReading, _ facts: EventFacts
  ) throws(VerifierProblem) -> SchemeCheck {
    var keys: [SchemeKey] = []
    for secret in try reading.secrets("publicKeys", isRequired: false) {
      guard let bytes = keyBytes(secret.text, prefix: "whpk_"), let key = try? PublicKey(ed25519: bytes) else {
        throw VerifierProblem(setting: "publicKeys", "an entry of \"publicKeys\" is not whpk_ and base64 of 32 bytes")
      }
      keys.append(
        SchemeKey(id: secret.id, notAfter: secret.notAfter, secret: [], material: .publicKey(key, .ed25519)))
    }
    var privateKey: PrivateKey?
    if let text = try reading.text("privateKey") {
      guard let bytes = keyBytes(text, prefix: "whsk_"), [32, 64].contains(bytes.count),
        let key = try? PrivateKey(ed25519Seed: Array(bytes.prefix(32)))
      else { throw VerifierProblem(setting: "privateKey", "\"privateKey\" is not whsk_ and base64 of 64 bytes") }
      privateKey = key
    }
    return SchemeCheck(
      scheme: scheme, keys: keys, privateKey: privateKey, tolerance: try reading.tolerance(300), facts: facts)
  }

  private static func keyBytes(_ text: String, prefix: String) -> [UInt8]? {
    Base64.decode((text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]).utf8, ending: .optionalPadding)
  }
}
