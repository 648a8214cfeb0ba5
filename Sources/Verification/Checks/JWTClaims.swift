// What a token must say (RFC 7519, section 4.1).

import JSONCodec

struct JWTClaims: Sendable {
  /// Empty for any.
  var issuers: [String] = []
  var audiences: [String] = []
  var subjects: [String] = []
  /// Members with exactly these values.
  var required: JSON = [:]
  var needsExpiry = true
  /// Milliseconds.
  var leeway: Int64 = 60_000
  /// The member with the SHA-256 of the body in hexadecimal.
  var bodyHash: String?

  func check(_ claims: JSON, _ request: VerificationRequest) throws(Refusal) {
    try checkTimes(claims, now: request.now)
    try check("iss", claims["iss"].map { [$0] } ?? [], issuers)
    let audience = claims["aud"]
    try check("aud", audience?.kind == .array ? audience?.elements ?? [] : audience.map { [$0] } ?? [], audiences)
    try check("sub", claims["sub"].map { [$0] } ?? [], subjects)
    for (name, value) in required.members where claims[name] != value {
      throw Refusal(.wrongClaim(name), "the token's \"\(name)\" is not what the settings require")
    }
    guard let bodyHash else { return }
    let claim = claims[bodyHash]?.stringValue.flatMap { Hexadecimal.decode($0.utf8) } ?? []
    guard ConstantTime.areEqual(claim, Hash.sha256.digest(of: request.body)) else {
      throw Refusal(.wrongClaim(bodyHash), "the token's \"\(bodyHash)\" is not the hash of the body")
    }
  }

  private func checkTimes(_ claims: JSON, now: Int64) throws(Refusal) {
    if let expiry = try moment("exp", claims) {
      guard now - leeway < expiry else {
        throw Refusal(.expiredClaim, "the token expired \((now - expiry) / 1000) s ago")
      }
    } else if needsExpiry {
      throw Refusal(.wrongClaim("exp"), "the token has no \"exp\"")
    }
    for name in ["nbf", "iat"] {
      guard let start = try moment(name, claims), start > now + leeway else { continue }
      throw Refusal(.earlyClaim, "the token's \"\(name)\" is \((start - now) / 1000) s ahead")
    }
  }

  /// Seconds with a fraction, as milliseconds.
  private func moment(_ name: String, _ claims: JSON) throws(Refusal) -> Int64? {
    guard let value = claims[name], !value.isNull else { return nil }
    guard let seconds = value.doubleValue, seconds.magnitude < 1e12 else {
      throw Refusal(.wrongClaim(name), "the token's \"\(name)\" is no moment")
    }
    return Int64(seconds * 1000)
  }

  private func check(_ name: String, _ values: [JSON], _ allowed: [String]) throws(Refusal) {
    guard !allowed.isEmpty else { return }
    guard values.contains(where: { value in value.stringValue.map(allowed.contains) ?? false }) else {
      throw Refusal(.wrongClaim(name), "the token's \"\(name)\" is not what the settings require")
    }
  }
}
