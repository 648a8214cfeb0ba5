// JSON Web Tokens: which algorithms, keys and claims count is for the settings to say.

import JSONCodec

extension Provider {
  private enum Expiry: String, CaseIterable { case required, optional }

  static let jwt = Provider(
    "jwt", title: "JSON Web Token",
    settings: [
      SettingDescription(
        "algorithms", "which count: HS256, RS256, PS256, ES256 (and 384, 512), EdDSA",
        schema: [
          "type": "array", "minItems": 1,
          "items": SettingDescription.choice(JWTAlgorithm.allCases.map(\.rawValue)),
        ]
      ).required,
      .secrets("for HS256, HS384 and HS512, at least as long as the hash"),
      .publicKeys("PEM of public keys or certificates; an id is the token's kid"),
      SettingDescription("jwks", "the issuer's JSON Web Key set, as an object or its text", schema: [:]),
      SettingDescription(
        "jwksURL", "where the issuer publishes its keys; fetched in the background",
        schema: ["type": "string", "pattern": "^https://"]),
      SettingDescription("header", "another header than Authorization: Bearer", schema: SettingDescription.text),
      SettingDescription("query", "the item of the query that holds the token", schema: SettingDescription.text),
      SettingDescription("issuer", "whose tokens count", schema: SettingDescription.texts),
      SettingDescription("audience", "of which the token must name one", schema: SettingDescription.texts),
      SettingDescription("subject", "whose tokens count", schema: SettingDescription.texts),
      SettingDescription("claims", "members with exactly these values", schema: ["type": "object"]),
      SettingDescription(
        "expiry", "whether a token must expire: required (standard) or optional",
        schema: SettingDescription.choice(Expiry.allCases.map(\.rawValue))),
      SettingDescription(
        "bodyHashClaim", "the member that holds the SHA-256 of the body in hexadecimal",
        schema: SettingDescription.text),
      .tolerance(60), .privateKey,
    ] + factSettings
  ) { reading throws(VerifierProblem) in
    let algorithms = try algorithms(reading)
    let check = JWTCheck(
      algorithms: algorithms, secrets: try secrets(reading, algorithms), publicKeys: try publicKeys(reading),
      keySetURL: try keySetURL(reading), keySource: reading.keySource, privateKey: try reading.privateKey(),
      place: try place(reading), claims: try claims(reading), facts: try reading.facts(genericFacts))
    let hasKeys = !check.publicKeys.isEmpty || check.keySetURL != nil || reading.isForSending
    if !hasKeys, let algorithm = algorithms.first(where: { $0.hmac == nil }) {
      throw VerifierProblem(
        setting: "publicKeys", "\(algorithm.rawValue) needs \"publicKeys\", \"jwks\" or \"jwksURL\"")
    }
    return check
  }

  private static func algorithms(_ reading: SettingsReading) throws(VerifierProblem) -> [JWTAlgorithm] {
    var algorithms: [JWTAlgorithm] = []
    for text in try reading.texts("algorithms") {
      guard let algorithm = JWTAlgorithm(rawValue: text) else {
        let known = JWTAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        throw VerifierProblem(setting: "algorithms", "\"algorithms\" may hold \(known)")
      }
      algorithms.append(algorithm)
    }
    return algorithms
  }

  private static func secrets(
    _ reading: SettingsReading, _ algorithms: [JWTAlgorithm]
  ) throws(VerifierProblem) -> [Secret] {
    let secrets = try reading.secrets(isRequired: false)
    let hashes = algorithms.compactMap(\.hmac)
    guard let size = hashes.map(\.byteCount).max() else {
      guard secrets.isEmpty else {
        throw VerifierProblem(setting: "secrets", "\"secrets\" are only for HS256, HS384 and HS512")
      }
      return []
    }
    guard !secrets.isEmpty else { throw VerifierProblem(setting: "secrets", "\"secrets\" is missing") }
    for secret in secrets where secret.text.utf8.count < size {
      throw VerifierProblem(
        setting: "secrets", "a secret has \(secret.text.utf8.count) bytes, \"algorithms\" need \(size) at least")
    }
    return secrets
  }

  private static func publicKeys(_ reading: SettingsReading) throws(VerifierProblem) -> [JWTKey] {
    var keys: [JWTKey] = []
    var setting = "publicKeys"
    do throws(KeyProblem) {
      for secret in try configured(reading) {
        var key = try NamedPublicKey(reading: secret.text)
        // Without an id of its own a key is tried whatever the token names.
        key.id = secret.id.allSatisfy(\.isNumber) ? nil : secret.id
        key.notAfter = secret.notAfter ?? key.notAfter
        keys.append(JWTKey(label: secret.id, key: key))
      }
      setting = "jwks"
      if let document = reading.settings["jwks"], !document.isNull {
        keys += try JSONWebKeys.read(parsed(document)).map { JWTKey(label: $0.id ?? "jwks", key: $0) }
      }
    } catch {
      throw VerifierProblem(setting: setting, "\"\(setting)\" \(error.message)")
    }
    return keys
  }

  private static func configured(_ reading: SettingsReading) throws(KeyProblem) -> [Secret] {
    do throws(VerifierProblem) {
      return try reading.secrets("publicKeys", isRequired: false)
    } catch {
      throw KeyProblem("is wrong: \(error.message)")
    }
  }

  private static func parsed(_ document: JSON) throws(KeyProblem) -> JSON {
    guard let text = document.stringValue else { return document }
    guard let json = try? JSON.parse(text) else { throw KeyProblem("is no JSON") }
    return json
  }

  private static func keySetURL(_ reading: SettingsReading) throws(VerifierProblem) -> String? {
    guard let url = try reading.text("jwksURL") else { return nil }
    guard url.hasPrefix("https://") else {
      throw VerifierProblem(setting: "jwksURL", "\"jwksURL\" must start with https://")
    }
    return url
  }

  private static func place(_ reading: SettingsReading) throws(VerifierProblem) -> SignaturePlace {
    if let header = try reading.text("header") { return .header(header.lowercased()) }
    if let query = try reading.text("query") { return .query(query) }
    return .credential("Bearer")
  }

  private static func claims(_ reading: SettingsReading) throws(VerifierProblem) -> JWTClaims {
    var claims = JWTClaims()
    claims.issuers = try reading.texts("issuer")
    claims.audiences = try reading.texts("audience")
    claims.subjects = try reading.texts("subject")
    claims.required = try reading.object("claims") ?? [:]
    claims.needsExpiry = try reading.choice("expiry", Expiry.required) == .required
    claims.bodyHash = try reading.text("bodyHashClaim")
    guard let leeway = try reading.tolerance(60) else {
      throw VerifierProblem(setting: "tolerance", "\"tolerance\" cannot be \"none\" for tokens")
    }
    claims.leeway = leeway
    return claims
  }
}
