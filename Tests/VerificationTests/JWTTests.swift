// What a JSON Web Token must not get away with.

import Crypto
import JSONCodec
import Testing

@testable import Verification

@Suite("JSON Web Tokens")
struct JWTTests {
  private static let secret = "0123456789abcdef0123456789abcdef"

  private func token(_ header: JSON, _ claims: JSON, secret: String = secret) -> String {
    let parts = [header, claims].map { Base64.encode($0.bytes, alphabet: .url) }.joined(separator: ".")
    let code = PreparedMAC(.sha256, secret: Array(secret.utf8)).code(for: [Array(parts.utf8)])
    return parts + "." + Base64.encode(code, alphabet: .url)
  }

  private func verdict(_ token: String, _ settings: JSONObject = [:], body: String = "") throws -> Verdict {
    var object: JSONObject = ["provider": "jwt", "algorithms": ["HS256"], "secrets": .string(Self.secret)]
    for (name, value) in settings.members { object[name] = value }
    let request = VerificationRequest(
      headers: HeaderList([("Authorization", "bearer " + token)]), body: Array(body.utf8), now: 1_000_000)
    return try Verifier.make(settings: .object(object)).verify(request)
  }

  private static let header: JSON = ["alg": "HS256", "typ": "JWT"]

  @Test("claims are judged one by one")
  func claims() throws {
    let cases: [(JSON, JSONObject, Refusal.Reason?)] = [
      (["exp": 1001], [:], nil), (["exp": 941], [:], nil), (["exp": 1000.5], [:], nil),
      (["exp": 940], [:], .expiredClaim), (["exp": "1001"], [:], .wrongClaim("exp")),
      ([:], [:], .wrongClaim("exp")), ([:], ["expiry": "optional"], nil),
      (["exp": 1e300], [:], .wrongClaim("exp")),
      (["exp": 2000, "nbf": 1060], [:], nil), (["exp": 2000, "nbf": 1061], [:], .earlyClaim),
      (["exp": 2000, "iat": 1061], [:], .earlyClaim),
      (["exp": 2000, "iss": "a"], ["issuer": "a"], nil),
      (["exp": 2000, "iss": "b"], ["issuer": "a"], .wrongClaim("iss")),
      (["exp": 2000], ["issuer": "a"], .wrongClaim("iss")),
      (["exp": 2000, "aud": ["x", "y"]], ["audience": ["y"]], nil),
      (["exp": 2000, "aud": "y"], ["audience": "y"], nil),
      (["exp": 2000, "aud": "yy"], ["audience": "y"], .wrongClaim("aud")),
      (["exp": 2000, "sub": "me"], ["subject": ["you", "me"]], nil),
      (["exp": 2000, "email_verified": true], ["claims": ["email_verified": true]], nil),
      (["exp": 2000, "email_verified": "true"], ["claims": ["email_verified": true]], .wrongClaim("email_verified")),
    ]
    for (claims, settings, reason) in cases {
      let verdict = try verdict(token(Self.header, claims), settings)
      #expect(verdict.refusal?.reason == reason, "\(claims) \(settings.members): \(verdict)")
      if reason == nil { #expect(verdict.match != nil) }
    }
  }

  @Test("the token does not choose its algorithm")
  func algorithms() throws {
    let claims: JSON = ["exp": 2000]
    for name in ["none", "None", "HS512", "RS256", ""] {
      let refusal = try verdict(token(["alg": .string(name)], claims)).refusal
      #expect(refusal?.reason == .algorithmNotAllowed, "\(name)")
    }
    let critical = try verdict(token(["alg": "HS256", "crit": ["b64"], "b64": false], claims)).refusal
    #expect(critical?.reason == .algorithmNotAllowed)
    // A public key as the secret of HS256: the oldest trick.
    let forged = token(Self.header, claims, secret: TestKeys.rsa.publicKey)
    let settings: JSONObject = [
      "algorithms": ["RS256", "HS256"], "publicKeys": .string(TestKeys.rsa.publicKey),
    ]
    #expect(try verdict(forged, settings).refusal?.reason == .mismatch)
  }

  @Test("what is no token is refused")
  func malformed() throws {
    let good = token(Self.header, ["exp": 2000])
    let parts = good.split(separator: ".").map(String.init)
    for text in [
      "", "a", "a.b", "..", parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1], good + ".x", good + "=",
      "." + parts[1] + "." + parts[2], parts[0] + ".W10." + parts[2], String(repeating: "a", count: 9000),
    ] {
      #expect(try verdict(text).refusal?.reason == .malformedSignature, "\(text)")
    }
    #expect(try verdict(parts[0] + "." + parts[1] + ".AAAA").refusal?.reason == .mismatch)
  }

  @Test("keys of a set are chosen by their name, and asked for when they are not here")
  func keySets() throws {
    let key = P256.Signing.PrivateKey()
    let point = Array(key.publicKey.rawRepresentation)
    let set: JSON = [
      "keys": [
        ["kty": "oct", "k": "AAAA"],
        [
          "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
          "x": .string(Base64.encode(point.prefix(32), alphabet: .url)),
          "y": .string(Base64.encode(point.suffix(32), alphabet: .url)),
        ],
      ]
    ]
    func make(_ kid: String) throws -> VerificationRequest {
      let settings: JSON = [
        "provider": "jwt", "algorithms": ["ES256"], "privateKey": .string(key.pemRepresentation),
        "publicKeys": ["id": .string(kid), "value": .string(key.publicKey.pemRepresentation)],
      ]
      let request = OutgoingRequest(publicURL: "https://a", body: [], now: 1_000_000, id: "1")
      return try RequestSigner.make(settings: settings).sign(request).received
    }
    let fixed = try Verifier.make(settings: ["provider": "jwt", "algorithms": ["ES256"], "jwks": set])
    #expect(try fixed.verify(make("k1")).match?.secretID == "k1")
    #expect(try fixed.verify(make("k2")).refusal?.reason == .unknownKey(url: nil))
    let url = "https://issuer.example/keys"
    let settings: JSON = ["provider": "jwt", "algorithms": ["ES256"], "jwksURL": .string(url)]
    let source = FixedKeys(keys: [url: try KeySet(document: set.bytes)])
    let remote = try Verifier.make(settings: settings, keySource: source)
    #expect(try remote.verify(make("k1")).match?.secretID == "k1")
    #expect(try remote.verify(make("k2")).refusal?.reason == .unknownKey(url: url))
    #expect(try Verifier.make(settings: settings).verify(make("k1")).refusal?.reason == .unknownKey(url: url))
  }
}
