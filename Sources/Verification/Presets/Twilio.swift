// Twilio signs the address that it called and, sorted, the fields of the form; for other bodies the address holds a
// hash.

extension Provider {
  enum TwilioAlgorithm: String, CaseIterable { case sha1, sha256 }

  static let twilio = Provider(
    "twilio", title: "Twilio", methods: ["POST", "GET"],
    settings: [
      .secrets("the auth token of the account, or the shared key for sha256").required, .url,
      SettingDescription(
        "algorithm", "sha1 (standard), or sha256 for an account with shared keys",
        schema: SettingDescription.choice(TwilioAlgorithm.allCases.map(\.rawValue))),
    ]
  ) { reading throws(VerifierProblem) in
    let algorithm = try reading.choice("algorithm", TwilioAlgorithm.sha1)
    let fields = SignedPiece.special(sortedForm)
    let scheme = SignatureScheme(
      algorithm: .hmac(algorithm == .sha256 ? .sha256 : .sha1), places: [.header("x-twilio-signature")],
      encoding: .base64, signed: [[.url, fields], [.calledURL(CalledURL.toggledPort), fields]])
    var check = try SchemeCheck(scheme, reading, twilioFacts)
    check.inspect = { reading throws(Refusal) in
      guard let hash = reading.query("bodySHA256") else { return }
      guard let claim = Hexadecimal.decode(hash.utf8),
        ConstantTime.areEqual(claim, Hash.sha256.digest(of: reading.request.body))
      else { throw Refusal(.mismatch, "the body is not the one whose bodySHA256 stands in the address") }
    }
    check.prepare = { request in
      // A body that is no form is sent with its hash in the address.
      guard request.body.first == UInt8(ascii: "{") || request.body.first == UInt8(ascii: "[") else { return }
      request.setQuery("bodySHA256", Hexadecimal.encode(Hash.sha256.digest(of: request.body)))
    }
    return check
  }

  /// Several reports come for one message or call, one for each state.
  private static let twilioFacts = EventFacts(
    dedupe: [
      .header("i-twilio-idempotency-token"), .joined([.form("MessageSid"), .form("MessageStatus")]),
      .joined([.form("CallSid"), .form("CallStatus")]), .joined([.form("MessageSid"), .form("SmsStatus")]),
    ], event: [.form("MessageStatus"), .form("CallStatus"), .form("SmsStatus")],
    answer: HandshakeReply(
      headers: [("content-type", "text/xml")],
      body: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>".utf8)))

  /// Each key with each of its different values, all sorted by bytes, nothing between. A body with a hash in the signed
  /// address is none of it.
  private static let sortedForm: @Sendable (RequestReading) throws(Refusal) -> [UInt8] = {
    reading throws(Refusal) in
    if reading.query("bodySHA256") != nil { return [] }
    var fields = try reading.form()
    fields.sort {
      $0.name == $1.name ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
    }
    var (text, last): ([UInt8], FormField?) = ([], nil)
    for field in fields where field != last {
      text += field.name + field.value
      last = field
    }
    return text
  }
}

/// Other spellings of one address.
enum CalledURL {
  /// With the standard port of its scheme where it has none, and without it where it stands there.
  static func toggledPort(_ url: String) -> String {
    for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where url.hasPrefix(scheme) {
      let rest = url.dropFirst(scheme.count)
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      let path = rest.dropFirst(host.count)
      if host.hasSuffix(port) { return scheme + host.dropLast(port.count) + path }
      return host.contains(":") ? url : scheme + host + port + path
    }
    return url
  }

  /// With the escapes undone that HubSpot undoes before it signs.
  static func hubSpotDecoded(_ url: String) -> String {
    var decoded: [UInt8] = []
    var rest = Array(url.utf8)[...]
    while let byte = rest.popFirst() {
      let escape = byte == UInt8(ascii: "%") ? Hexadecimal.decode(rest.prefix(2)) : nil
      if let value = escape?.first, ":/?@!$'()*,;".utf8.contains(value) {
        decoded.append(value)
        rest = rest.dropFirst(2)
      } else {
        decoded.append(byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
