// Requests with a JSON Web Token (RFC 7519, compact form of RFC 7515).

import JSONCodec

/// A public key and what a record calls it.
struct JWTKey: Sendable {
  let label: String
  /// Its id is the `kid` that tokens must have to be tried with it; without one it is tried with all.
  let key: NamedPublicKey
}

struct JWTCheck: Check {
  static let longestToken = 8192

  let algorithms: [JWTAlgorithm]
  let secrets: [Secret]
  let publicKeys: [JWTKey]
  /// Where the issuer publishes its keys, and what was fetched from there.
  let keySetURL: String?
  let keySource: any KeySource
  let privateKey: PrivateKey?
  let place: SignaturePlace
  let claims: JWTClaims
  let facts: EventFacts

  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict {
    let token = try Token(try text(reading))
    guard let algorithm = algorithms.first(where: { $0.rawValue == token.header["alg"]?.stringValue }) else {
      throw Refusal(.algorithmNotAllowed, "the token's \"alg\" is none of \"algorithms\"")
    }
    guard token.header["crit"] == nil else {
      throw Refusal(.algorithmNotAllowed, "the token has critical extensions that nobody here knows")
    }
    let id =
      if let hash = algorithm.hmac {
        try secret(token, hash, now: reading.request.now)
      } else {
        try key(token, algorithm, now: reading.request.now)
      }
    try claims.check(token.claims, reading.request)
    return .accepted(facts.match(reading, secretID: id))
  }

  private func text(_ reading: RequestReading) throws(Refusal) -> String {
    switch place {
    case .credential(let word):
      if let token = try reading.credential(word) { return token }
      throw Refusal(.missingHeader("authorization"), "\(place.name) is missing")
    case .query(let name): return try reading.requiredQuery(name)
    case .header(let name): return try reading.requiredHeader(name)
    case .field, .form: throw Refusal(.missingField("token"), "there is no token")
    }
  }

  private func secret(_ token: Token, _ hash: Hash, now: Int64) throws(Refusal) -> String? {
    let usable = secrets.filter { secret in secret.notAfter.map { now <= $0 } ?? true }
    guard !usable.isEmpty else { throw Refusal(.noUsableSecret, "every secret is past its last moment") }
    for secret in usable {
      let code = PreparedMAC(hash, secret: Array(secret.text.utf8)).code(for: [token.signed])
      if ConstantTime.areEqual(code, token.signature) { return secret.id }
    }
    throw Refusal(.mismatch, "the token's signature fits none of the \(usable.count) secrets")
  }

  /// Keys with another name than the token's are left out, keys without a name are tried.
  private func key(_ token: Token, _ algorithm: JWTAlgorithm, now: Int64) throws(Refusal) -> String? {
    let kid = token.header["kid"]?.stringValue
    var keys = publicKeys
    if let keySetURL {
      guard let found = keySource.keys(at: keySetURL, namedBy: .settings) else {
        throw Refusal(.unknownKey(url: keySetURL), "the issuer's keys are not here yet")
      }
      keys += found.keys.map { JWTKey(label: $0.id ?? "jwks", key: $0) }
    }
    keys = keys.filter { key in
      let isNamed = kid == nil || key.key.id == nil || key.key.id == kid
      return isNamed && algorithm.accepts(key.key.key) && (key.key.notAfter.map { now <= $0 } ?? true)
    }
    guard !keys.isEmpty else {
      throw Refusal(.unknownKey(url: keySetURL), "there is no key for the token's \"kid\" and \"alg\"")
    }
    guard let kind = algorithm.publicKey else { return nil }
    for key in keys where key.key.key.isValid(token.signature, for: [token.signed], with: kind) { return key.label }
    throw Refusal(.mismatch, "the token's signature fits none of the \(keys.count) keys")
  }

  /// The three parts of a token.
  struct Token {
    let header: JSON
    let claims: JSON
    let signed: [UInt8]
    let signature: [UInt8]

    init(_ text: String) throws(Refusal) {
      let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
      guard text.utf8.count <= JWTCheck.longestToken, parts.count == 3, !text.utf8.contains(UInt8(ascii: "=")),
        let signature = Base64.decode(parts[2], alphabet: .url, ending: .optionalPadding), !signature.isEmpty,
        let header = Self.object(parts[0]), let claims = Self.object(parts[1])
      else { throw Refusal(.malformedSignature, "the token is no signed JSON Web Token") }
      self.header = header
      self.claims = claims
      self.signature = signature
      signed = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    }

    private static func object(_ part: Substring.UTF8View) -> JSON? {
      guard let bytes = Base64.decode(part, alphabet: .url, ending: .optionalPadding),
        let json = try? JSON.parse(bytes, limits: JSONLimits(depth: 16, nodes: 1000)), json.kind == .object
      else { return nil }
      return json
    }
  }

  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem) {
    facts.mark(&request)
    guard let algorithm = algorithms.first else { return }
    let seconds = request.now / 1000
    var members: JSONObject = ["iat": .int(seconds), "exp": .int(seconds + 300), "jti": .string(request.id)]
    for (name, values) in [("iss", claims.issuers), ("aud", claims.audiences), ("sub", claims.subjects)] {
      if let value = values.first { members[name] = .string(value) }
    }
    for (name, value) in claims.required.members { members[name] = value }
    if let name = claims.bodyHash {
      members[name] = .string(Hexadecimal.encode(Hash.sha256.digest(of: request.body)))
    }
    var header: JSONObject = ["alg": .string(algorithm.rawValue), "typ": "JWT"]
    if let id = publicKeys.first?.key.id { header["kid"] = .string(id) }
    let parts = [header, members].map { Base64.encode(JSON.object($0).bytes, alphabet: .url) }
    let signed = Array(parts.joined(separator: ".").utf8)
    guard let signature = signature(of: signed, algorithm) else {
      throw VerifierProblem(setting: "privateKey", "\"privateKey\" is missing, or is not for \(algorithm.rawValue)")
    }
    let token = String(decoding: signed, as: UTF8.self) + "." + Base64.encode(signature, alphabet: .url)
    switch place {
    case .credential(let word): request.headers.set("authorization", "\(word) \(token)")
    case .header(let name): request.headers.set(name, token)
    case .query(let name): request.setQuery(name, token)
    case .field, .form: break
    }
  }

  private func signature(of signed: [UInt8], _ algorithm: JWTAlgorithm) -> [UInt8]? {
    if let hash = algorithm.hmac {
      return secrets.first.map { PreparedMAC(hash, secret: Array($0.text.utf8)).code(for: [signed]) }
    }
    guard let privateKey, algorithm.accepts(privateKey.publicKey), let kind = algorithm.publicKey else { return nil }
    return privateKey.signature(for: [signed], with: kind)
  }
}
