// What is wrong with settings is said when a workflow is loaded, with the setting it is in.

import JSONCodec
import TestSupport
import Testing

@testable import Verification

@Suite("Settings of verify")
struct SettingsTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let settings: JSON
    let setting: String?
    let message: String

    init(_ settings: JSON, _ setting: String?, _ message: String) {
      self.settings = settings
      self.setting = setting
      self.message = message
    }

    var testDescription: String { message }
  }

  static let mistakes: [Mistake] = [
    Mistake([:], "provider", "\"provider\" is missing: the name of who sends"),
    Mistake(["provider": "gihub"], "provider", "there is no provider \"gihub\" (did you mean \"github\"?)"),
    Mistake(["provider": "acme"], "provider", "there is no provider \"acme\""),
    Mistake(
      ["provider": "github", "secret": "s", "secrets": "s"], "secret",
      "provider github has no setting \"secret\" (did you mean \"secrets\"?)"),
    Mistake(["provider": "github"], "secrets", "\"secrets\" is missing: the secret of the webhook"),
    Mistake(["provider": "github", "secrets": nil], "secrets", "\"secrets\" is missing: the secret of the webhook"),
    Mistake(["provider": "github", "secrets": ""], "secrets", "\"secrets\" is empty"),
    Mistake(["provider": "github", "secrets": ["a", ""]], "secrets", "\"secrets[1]\" is empty"),
    Mistake(["provider": "github", "secrets": []], "secrets", "\"secrets\" must have between 1 and 16 entries"),
    Mistake(
      ["provider": "github", "secrets": 5], "secrets", "\"secrets\" must be text, or an object with a \"value\""),
    Mistake(
      ["provider": "github", "secrets": ["id": "a"]], "secrets",
      "\"secrets\" must be text, or an object with a \"value\""),
    Mistake(
      ["provider": "github", "secrets": [["value": "a", "notafter": "x"]]], "secrets",
      "\"secrets\" has no setting \"notafter\" (did you mean \"notAfter\"?)"),
    Mistake(
      ["provider": "github", "secrets": ["value": "a", "notAfter": "tomorrow"]], "secrets",
      "\"notAfter\" of \"secrets\" must be a moment such as 2026-05-01T00:00:00Z"),
    Mistake(
      ["provider": "github", "secrets": [["id": "a", "value": "x"], ["id": "a", "value": "y"]]], "secrets",
      "two entries of \"secrets\" have one id"),
    Mistake(
      ["provider": "stripe", "secrets": "s", "tolerance": 0], "tolerance",
      "\"tolerance\" must be \"none\", or between 1 second and 7 days: 300, \"5m\""),
    Mistake(
      ["provider": "stripe", "secrets": "s", "tolerance": "8d"], "tolerance",
      "\"tolerance\" must be \"none\", or between 1 second and 7 days: 300, \"5m\""),
    Mistake(["provider": "gitlab"], "signingTokens", "\"signingTokens\" or \"secrets\" is missing"),
    Mistake(
      ["provider": "gitlab", "signingTokens": "whsec_*"], "signingTokens",
      "an entry of \"signingTokens\" is not base64"),
    Mistake(
      ["provider": "svix", "secrets": "whsec_AAAA"], "secrets",
      "a secret has 3 bytes, at least 16 are needed"),
    Mistake(
      ["provider": "standard-webhooks", "publicKeys": "whpk_AAAA"], "publicKeys",
      "an entry of \"publicKeys\" is not whpk_ and base64 of 32 bytes"),
    Mistake(
      ["provider": "standard-webhooks", "privateKey": "whsk_AAAA"], "privateKey",
      "\"privateKey\" is not whsk_ and base64 of 64 bytes"),
    Mistake(
      ["provider": "discord", "publicKeys": "abcd"], "publicKeys",
      "an entry of \"publicKeys\" is no public key of Ed25519, P-256, P-384, P-521 or RSA with 2048 bits or more"),
    Mistake(
      ["provider": "sendgrid", "publicKeys": "-----BEGIN PUBLIC KEY-----\nAA"], "publicKeys",
      "an entry of \"publicKeys\" is not readable as PEM"),
    Mistake(
      ["provider": "sendgrid", "publicKeys": .string(TestKeys.p256.privateKey)], "publicKeys",
      "an entry of \"publicKeys\" is a private key, not a public key or certificate"),
    Mistake(
      ["provider": "sendgrid", "publicKeys": "{}"], "publicKeys", "an entry of \"publicKeys\" is neither PEM nor base64"
    ),
    Mistake(
      ["provider": "wecom", "token": "t", "encodingAESKey": "short"], "encodingAESKey",
      "\"encodingAESKey\" must have 43 characters of base64"),
    Mistake(
      ["provider": "dingtalk", "token": "t", "encodingAESKey": ProviderCase.aesKey], "ownerKey",
      "\"ownerKey\" is missing: whom events are for: the app key, of older callbacks the company's id, of suites the "
        + "suite key"
    ),
    Mistake(["provider": "feishu"], "secrets", "\"secrets\" or \"verificationToken\" is missing"),
    Mistake(
      ["provider": "wechat-pay", "publicKeys": .string(TestKeys.rsa.publicKey), "apiV3Key": "short"], "apiV3Key",
      "\"apiV3Key\" must have 32 characters"),
    Mistake(
      ["provider": "hubspot", "secrets": "s", "versions": ["v4"]], "versions", "\"versions\" may hold v3, v2 and v1"),
    Mistake(
      ["provider": "gitee", "secrets": "s", "mode": "none"], "mode", "\"mode\" must be one of signature, password"),
    Mistake(
      ["provider": "square", "secrets": "s", "url": "hooks.example.com"], "url",
      "\"url\" must be like https://hooks.example.com, without a query"),
    Mistake(["provider": "basic", "username": "a:b", "secrets": "s"], "username", "\"username\" cannot have a colon"),
    Mistake(["provider": "header-token", "secrets": "s"], "header", "\"header\" or \"query\" is missing"),
    Mistake(
      ["provider": "bearer", "secrets": "s", "dedupe": "id"], "dedupe",
      "\"dedupe\" must be header:NAME, query:NAME or body:PATH, not \"id\""),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "signed": "{timestamp}.{body}"], "timestamp",
      "\"timestamp\" is missing, but \"signed\" has {timestamp}"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "signed": "{method}"], "signed",
      "\"signed\" must have {body} in it: else anybody could change the body"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "signed": "{body"], "signed", "\"signed\" has a { without a }"
    ),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "signed": "{body}{cookie}"], "signed",
      "\"signed\" has {cookie}, which is nothing that can be signed"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "timestamp": "item:t"], "separator",
      "\"separator\" is missing: without it a header has no items"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "timestamp": "t"], "timestamp",
      "\"timestamp\" must be header:NAME, query:NAME or item:NAME"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "separator": ", "], "separator",
      "\"separator\" must be one character of ASCII"),
    Mistake(
      ["provider": "hmac", "secrets": "xyz", "header": "x", "secretEncoding": "hex"], "secrets",
      "an entry of \"secrets\" is not hexadecimal"),
    Mistake(
      ["provider": "hmac", "secrets": "s", "header": "x", "algorithm": "md5"], "algorithm",
      "\"algorithm\" must be one of sha256, sha1, sha384, sha512"),
    Mistake(
      ["provider": "jwt", "algorithms": ["none"]], "algorithms",
      "\"algorithms\" may hold HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, "
        + "EdDSA"
    ),
    Mistake(["provider": "jwt", "algorithms": ["HS256"]], "secrets", "\"secrets\" is missing"),
    Mistake(
      ["provider": "jwt", "algorithms": ["HS512"], "secrets": "short"], "secrets",
      "a secret has 5 bytes, \"algorithms\" need 64 at least"),
    Mistake(
      ["provider": "jwt", "algorithms": ["RS256"], "secrets": "x"], "secrets",
      "\"secrets\" are only for HS256, HS384 and HS512"),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"]], "publicKeys",
      "ES256 needs \"publicKeys\", \"jwks\" or \"jwksURL\""),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"], "jwks": "x"], "jwks", "\"jwks\" is no JSON"),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"], "jwks": ["keys": []]], "jwks",
      "\"jwks\" has no keys: a JSON Web Key set is {\"keys\": […]}"),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"], "jwksURL": "http://a"], "jwksURL",
      "\"jwksURL\" must start with https://"),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"], "jwksURL": "https://a", "tolerance": "none"], "tolerance",
      "\"tolerance\" cannot be \"none\" for tokens"),
    Mistake(
      ["provider": "jwt", "algorithms": ["ES256"], "jwksURL": "https://a", "claims": []], "claims",
      "\"claims\" must be an object"),
    Mistake(
      ["provider": "meta", "secrets": "s"], "verifyToken",
      "\"verifyToken\" is missing: the text typed beside the address when it is registered"),
  ]

  @Test("a mistake is told with its setting", arguments: mistakes)
  func mistake(_ mistake: Mistake) {
    do throws(VerifierProblem) {
      _ = try Verifier.make(settings: mistake.settings)
      Issue.record("there is nothing wrong")
    } catch {
      #expect(error.message == mistake.message)
      #expect(error.setting == mistake.setting)
    }
  }

  @Test("sending needs the private key of those who have one")
  func sendingWithoutKey() throws {
    let signer = try RequestSigner.make(settings: ["provider": "discord"])
    let request = OutgoingRequest(publicURL: "https://a", body: [], now: 0, id: "1")
    #expect(throws: VerifierProblem.self) { try signer.sign(request) }
    do throws(VerifierProblem) {
      _ = try RequestSigner.make(settings: ["provider": "discord", "privateKey": "x"])
      Issue.record("this is no key")
    } catch {
      #expect(error.setting == "privateKey")
    }
  }

  @Test("names can be checked before values are known")
  func names() {
    #expect(ProviderSettings.check(provider: "meta", names: ["provider", "secrets", "verifyToken"]) == [])
    let problems = ProviderSettings.check(provider: "meta", names: ["provider", "secret"])
    #expect(problems.map(\.setting) == ["secret", "secrets", "verifyToken"])
    #expect(ProviderSettings.check(provider: "gitlab", names: ["provider", "secrets"]) == [])
    #expect(ProviderSettings.check(provider: "nobody", names: []).map(\.setting) == ["provider"])
  }

  @Test("the settings of every case are in its provider's schema", arguments: ProviderCase.all)
  func described(_ example: ProviderCase) throws {
    let provider = try #require(ProviderCatalog.provider(named: example.provider))
    let known = provider.schema["properties"]?.members.map(\.key) ?? []
    #expect(known.count == provider.settings.count)
    for settings in [example.verifying(), example.sending] {
      #expect(settings.members.map(\.key).filter { !known.contains($0) } == [])
    }
    for setting in provider.settings {
      #expect(!setting.summary.isEmpty)
      #expect(
        setting.summary.first?.isUppercase != true || setting.summary.hasPrefix("PEM")
          || setting.summary.hasPrefix("PayPal"))
    }
  }

  @Test("a template fits wherever the schema asks for a certain text")
  func templates() throws {
    for (provider, setting) in [("wechat-pay", "apiV3Key"), ("twilio", "algorithm"), ("hmac", "url")] {
      let schema = try #require(ProviderCatalog.provider(named: provider)?.schema["properties"]?[setting])
      #expect(schema["anyOf"]?.elements.last?["pattern"] != nil, "\(schema)")
    }
  }

  @Test("every provider accepts POST, and its retry window is at least a day")
  func catalogue() {
    #expect(ProviderCatalog.all.count >= 46)
    for provider in ProviderCatalog.all { #expect(provider.methods.first == "POST") }
    for alias in ["forgejo", "lark", "whatsapp"] { #expect(ProviderCatalog.provider(named: alias) != nil) }
  }

  @Test("no refusal and no problem holds a secret", arguments: ProviderCase.all)
  func secrecy(_ example: ProviderCase) throws {
    let secret = example.key.stringValue ?? example.key["value"]?.stringValue ?? ""
    let request = try example.signed()
    for settings in [example.verifying(example.wrongKey), example.verifying()] {
      var odd = request
      odd.body.append(0)
      let verdict = try example.verdict(on: odd, settings: settings)
      #expect(!"\(verdict)".contains(secret) || verdict.match != nil)
    }
  }
}
