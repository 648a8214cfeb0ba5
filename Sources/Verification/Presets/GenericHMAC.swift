// HMAC for senders that we do not know: every part of the scheme is a setting.

import JSONCodec

extension Provider {
  private enum Encoding: String, CaseIterable { case hex, base64, base64url }
  private enum KeyEncoding: String, CaseIterable { case text, base64, hex }
  private enum Unit: String, CaseIterable { case seconds, milliseconds, rfc3339 }
  private enum Algorithm: String, CaseIterable { case sha256, sha1, sha384, sha512 }

  static let hmac = Provider(
    "hmac", title: "HMAC, every part configurable",
    settings: [
      .secrets("the shared secret").required,
      SettingDescription("header", "the header that holds the signature", schema: SettingDescription.text),
      SettingDescription("query", "the item of the query that holds the signature", schema: SettingDescription.text),
      choice("algorithm", "the hash: sha256 (standard), sha1, sha384 or sha512", Algorithm.self),
      choice("encoding", "of the signature: hex (standard), base64 or base64url", Encoding.self),
      choice("secretEncoding", "of the secret: text (standard), base64 or hex", KeyEncoding.self),
      SettingDescription("prefix", "what stands before the signature: sha256=", schema: SettingDescription.text),
      SettingDescription(
        "separator", "between the items of a header with several: a comma, a semicolon or a blank",
        schema: ["type": "string", "minLength": 1, "maxLength": 1]),
      SettingDescription(
        "signed",
        "what is signed, {body} (standard) with text around it: {timestamp} {method} {url} {secret} {header:NAME} "
          + "{query:NAME} {item:NAME}",
        schema: SettingDescription.text),
      SettingDescription(
        "timestamp", "where the moment stands: header:NAME, query:NAME or item:NAME", schema: SettingDescription.text),
      choice("timestampUnit", "seconds (standard), milliseconds or rfc3339", Unit.self), .tolerance(300), .url,
    ] + factSettings, alternatives: [["header", "query"]]
  ) { reading throws(VerifierProblem) in
    var scheme = SignatureScheme(algorithm: .hmac(.sha256), places: try reading.places())
    if let hash = Hash(rawValue: try reading.choice("algorithm", Algorithm.sha256).rawValue) {
      scheme.algorithm = .hmac(hash)
    }
    scheme.encoding =
      switch try reading.choice("encoding", Encoding.hex) {
      case .hex: .hexadecimal
      case .base64: .base64
      case .base64url: .base64URL
      }
    scheme.keyDecoding =
      switch try reading.choice("secretEncoding", KeyEncoding.text) {
      case .text: .text
      case .base64: .base64
      case .hex: .hexadecimal
      }
    scheme.layout = try layout(reading)
    scheme.timestamp = try timestamp(reading)
    scheme.signed = [try SignedTemplate.pieces(of: reading.text("signed") ?? "{body}", timestamp: scheme.timestamp)]
    if scheme.needsItems, try reading.text("separator") == nil {
      throw VerifierProblem(setting: "separator", "\"separator\" is missing: without it a header has no items")
    }
    var check = try SchemeCheck(scheme, reading, reading.facts(genericFacts))
    check.url = try reading.url()
    return check
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ summary: String, _ kind: Choice.Type
  ) -> SettingDescription where Choice.RawValue == String {
    SettingDescription(name, summary, schema: SettingDescription.choice(Choice.allCases.map(\.rawValue)))
  }

  private static func layout(_ reading: SettingsReading) throws(VerifierProblem) -> SignatureLayout {
    let prefix = try reading.text("prefix") ?? ""
    guard let separator = try reading.text("separator") else { return prefix.isEmpty ? .whole : .prefix(prefix) }
    guard separator.utf8.count == 1, let byte = separator.utf8.first else {
      throw VerifierProblem(setting: "separator", "\"separator\" must be one character of ASCII")
    }
    return .list(separator: byte, itemPrefix: prefix)
  }

  private static func timestamp(_ reading: SettingsReading) throws(VerifierProblem) -> TimestampRule? {
    guard let text = try reading.text("timestamp") else { return nil }
    let unit: MomentUnit =
      switch try reading.choice("timestampUnit", Unit.seconds) {
      case .seconds: .seconds
      case .milliseconds: .milliseconds
      case .rfc3339: .rfc3339
      }
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let source: TimestampRule.Source
    switch (parts.count == 2 ? parts[0] : "", parts.last) {
    case ("header", let name?): source = .header([name.lowercased()])
    case ("query", let name?): source = .query(name)
    case ("item", let name?): source = .element(name)
    default:
      throw VerifierProblem(setting: "timestamp", "\"timestamp\" must be header:NAME, query:NAME or item:NAME")
    }
    return TimestampRule(source: source, unit: unit, tolerance: 300)
  }
}

extension SignatureScheme {
  /// Whether something stands beside the signature in its header.
  fileprivate var needsItems: Bool {
    if case .element = timestamp?.source { return true }
    return signed.contains { pieces in pieces.contains { if case .element = $0 { true } else { false } } }
  }
}

/// The setting `signed`: names in braces, everything else as it is.
enum SignedTemplate {
  static func pieces(of text: String, timestamp: TimestampRule?) throws(VerifierProblem) -> [SignedPiece] {
    var pieces: [SignedPiece] = []
    var rest = text[...]
    while !rest.isEmpty {
      let literal = rest.prefix { $0 != "{" }
      if !literal.isEmpty { pieces.append(.literal(String(literal))) }
      rest = rest.dropFirst(literal.count)
      guard !rest.isEmpty else { break }
      guard let end = rest.firstIndex(of: "}") else {
        throw VerifierProblem(setting: "signed", "\"signed\" has a { without a }")
      }
      pieces.append(try piece(rest[..<end].dropFirst(), timestamp))
      rest = rest[rest.index(after: end)...]
    }
    guard pieces.contains(where: { $0.isBody }) else {
      throw VerifierProblem(setting: "signed", "\"signed\" must have {body} in it: else anybody could change the body")
    }
    return pieces
  }

  private static func piece(_ name: Substring, _ timestamp: TimestampRule?) throws(VerifierProblem) -> SignedPiece {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count == 2 ? parts[1] : nil) {
    case ("body", nil): return .body
    case ("secret", nil): return .secret
    case ("method", nil): return .method
    case ("url", nil): return .url
    case ("header", let header?): return .header(header.lowercased())
    case ("query", let item?): return .query(item)
    case ("item", let item?): return .element(item)
    case ("timestamp", nil):
      switch timestamp?.source {
      case .header(let names): return .header(names)
      case .query(let item): return .query(item)
      case .element(let item): return .element(item)
      case .field, nil:
        throw VerifierProblem(setting: "timestamp", "\"timestamp\" is missing, but \"signed\" has {timestamp}")
      }
    default: throw VerifierProblem(setting: "signed", "\"signed\" has {\(name)}, which is nothing that can be signed")
    }
  }
}
