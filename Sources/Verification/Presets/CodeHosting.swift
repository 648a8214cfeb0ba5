// Code hosting: GitHub, GitLab, Gitea, Forgejo, Bitbucket, Gitee.

extension Provider {
  static let codeHosting = [github, gitlab, gitea, bitbucket, gitee]

  /// Nothing is sent again by itself; deliveries of the last three days can be sent again by hand, with the same id.
  static let github = plain(
    "github", title: "GitHub", secret: "the secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-hub-signature-256")], layout: .prefix("sha256=")),
    facts: EventFacts(
      dedupe: [.header("x-github-delivery")], event: [.header("x-github-event")], retryWindow: 259_200))

  /// With a signing token a request must be signed: the older secret token does not open it then.
  static let gitlab = Provider(
    "gitlab", title: "GitLab",
    settings: [
      .secrets("the secret token of the webhook; only looked at without signing tokens"),
      SettingDescription(
        "signingTokens", "the signing token of the webhook, whsec_…", schema: SettingDescription.secretList),
      .tolerance(300),
    ], alternatives: [["signingTokens", "secrets"]]
  ) { reading throws(VerifierProblem) in
    let facts = EventFacts(
      dedupe: [.header("webhook-id"), .header("idempotency-key"), .header("x-gitlab-event-uuid")],
      event: [.header("x-gitlab-event")])
    let signed = try SchemeCheck(
      StandardWebhooks.symmetric(prefixes: ["webhook"]), reading, facts, from: "signingTokens", needsKeys: false)
    if !signed.keys.isEmpty { return signed }
    let token = SignatureScheme(algorithm: .token, places: [.header("x-gitlab-token")], encoding: .text)
    return try SchemeCheck(token, reading, facts)
  }

  /// The signature covers the JSON text, which in form mode is one field of the body.
  static let gitea = plain(
    "gitea", aliases: ["forgejo"], title: "Gitea and Forgejo", methods: ["POST", "GET"],
    secret: "the secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-gitea-signature"), .header("x-forgejo-signature")],
      signed: [[.body], [.special(payloadField)]]),
    facts: EventFacts(
      dedupe: [.header("x-gitea-delivery"), .header("x-forgejo-delivery")],
      event: [.header("x-gitea-event"), .header("x-forgejo-event")]))

  private static let payloadField: @Sendable (RequestReading) throws(Refusal) -> [UInt8] = {
    reading throws(Refusal) in
    if let payload = reading.query("payload") { return Array(payload.utf8) }
    guard let payload = try reading.form().only("payload") else {
      throw Refusal(.missingField("payload"), "the form has no \"payload\"")
    }
    return payload
  }

  static let bitbucket = plain(
    "bitbucket", title: "Bitbucket Cloud and Data Center", secret: "the secret of the webhook",
    scheme: SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header("x-hub-signature")], layout: .prefix("sha256=")),
    facts: EventFacts(
      dedupe: [.header("x-request-uuid"), .header("x-request-id")], event: [.header("x-event-key")]))

  enum GiteeMode: String, CaseIterable { case signature, password }

  /// Neither way covers the body.
  static let gitee = Provider(
    "gitee", title: "Gitee",
    settings: [
      .secrets("the signing key or the password of the webhook").required,
      SettingDescription(
        "mode", "what the webhook is set to: signature (standard) or password",
        schema: SettingDescription.choice(GiteeMode.allCases.map(\.rawValue))),
      .tolerance(3600),
    ]
  ) { reading throws(VerifierProblem) in
    let facts = EventFacts(dedupe: [], event: [.header("x-gitee-event")])
    switch try reading.choice("mode", GiteeMode.signature) {
    case .password:
      let scheme = SignatureScheme(algorithm: .token, places: [.header("x-gitee-token")], encoding: .text)
      return try SchemeCheck(scheme, reading, facts)
    case .signature:
      return try SchemeCheck(
        .momentAndSecret(signature: "x-gitee-token", timestamp: "x-gitee-timestamp"), reading, facts)
    }
  }
}

extension SignatureScheme {
  /// HMAC over the moment, a newline and the secret itself, as DingTalk's robots and Gitee do it.
  static func momentAndSecret(signature: String, timestamp: String) -> SignatureScheme {
    SignatureScheme(
      algorithm: .hmac(.sha256), places: [.header(signature)], encoding: .base64,
      signed: [[.header(timestamp), .literal("\n"), .secret]],
      timestamp: TimestampRule(source: .header([timestamp]), unit: .milliseconds, tolerance: 3600))
  }
}
