// Senders that we do not know: HMAC with every part configurable, passwords, tokens, JSON Web Tokens.

extension Provider {
  static let generic = [hmac, basic, bearer, headerToken, jwt]

  static let bearer = plain(
    "bearer", title: "Bearer token", secret: "the token in Authorization: Bearer …",
    scheme: SignatureScheme(algorithm: .token, places: [.credential("Bearer")], encoding: .text),
    facts: genericFacts, settings: factSettings
  ) { (check, reading) throws(VerifierProblem) in check.facts = try reading.facts(genericFacts) }

  static let headerToken = Provider(
    "header-token", title: "Token in a header or in the query",
    settings: [
      .secrets("the token").required,
      SettingDescription("header", "the header that holds the token", schema: SettingDescription.text),
      SettingDescription("query", "the item of the query that holds the token", schema: SettingDescription.text),
      SettingDescription("prefix", "what stands before the token", schema: SettingDescription.text),
    ] + factSettings, alternatives: [["header", "query"]]
  ) { reading throws(VerifierProblem) in
    var scheme = SignatureScheme(algorithm: .token, places: try reading.places(), encoding: .text)
    if let prefix = try reading.text("prefix") { scheme.layout = .prefix(prefix) }
    return try SchemeCheck(scheme, reading, reading.facts(genericFacts))
  }

  static let basic = Provider(
    "basic", title: "User name and password",
    settings: [
      SettingDescription("username", "the user's name", schema: SettingDescription.text).required,
      .secrets("the password").required,
    ] + factSettings
  ) { reading throws(VerifierProblem) in
    let user = try reading.requiredText("username")
    guard !user.contains(":") else { throw VerifierProblem(setting: "username", "\"username\" cannot have a colon") }
    var scheme = SignatureScheme(algorithm: .token, places: [.credential("Basic")], encoding: .base64)
    // User and password are compared as one text, so the first colon is where it ends.
    scheme.keyDecoding = .textAfter("\(user):")
    return try SchemeCheck(scheme, reading, reading.facts(genericFacts))
  }

  static let genericFacts = EventFacts(
    dedupe: [.header("idempotency-key"), .header("webhook-id")], event: [.field("type"), .field("event")])

  static let factSettings = [
    SettingDescription(
      "dedupe", "where the id of an event stands: header:NAME, query:NAME or body:PATH", schema: factSchema),
    SettingDescription(
      "event", "where the name of an event stands: header:NAME, query:NAME or body:PATH", schema: factSchema),
  ]
  private static let factSchema = SettingDescription.texts
}

extension SettingsReading {
  /// Of the settings `header` and `query`, both in lower case.
  func places() throws(VerifierProblem) -> [SignaturePlace] {
    var places: [SignaturePlace] = []
    if let header = try text("header") { places.append(.header(header.lowercased())) }
    if let query = try text("query") { places.append(.query(query)) }
    guard !places.isEmpty else { throw VerifierProblem(setting: "header", "\"header\" or \"query\" is missing") }
    return places
  }

  /// With the sources of the settings `dedupe` and `event` instead of the standard ones.
  func facts(_ standard: EventFacts) throws(VerifierProblem) -> EventFacts {
    var facts = standard
    if let sources = try sources("dedupe") { facts.dedupe = sources }
    if let sources = try sources("event") { facts.event = sources }
    return facts
  }

  private func sources(_ name: String) throws(VerifierProblem) -> [FactSource]? {
    let texts = try texts(name)
    guard !texts.isEmpty else { return nil }
    var sources: [FactSource] = []
    for text in texts {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      switch (parts.count == 2 ? parts[0] : "", parts.last) {
      case ("header", let rest?): sources.append(.header(rest.lowercased()))
      case ("query", let rest?): sources.append(.query(rest))
      case ("body", let rest?): sources.append(.field(rest))
      default:
        throw VerifierProblem(
          setting: name, "\"\(name)\" must be header:NAME, query:NAME or body:PATH, not \"\(text)\"")
      }
    }
    return sources
  }
}
