// The bytes that were signed, and when: both as the request tells.

extension SchemeCheck {
  func parts(
    _ pieces: [SignedPiece], _ reading: RequestReading, secret: [UInt8], _ text: String, _ place: SignaturePlace
  ) throws(Refusal) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    parts.reserveCapacity(pieces.count)
    for piece in pieces { parts.append(try bytes(of: piece, reading, secret: secret, text, place)) }
    return parts
  }

  private func bytes(
    of piece: SignedPiece, _ reading: RequestReading, secret: [UInt8], _ text: String, _ place: SignaturePlace
  ) throws(Refusal) -> [UInt8] {
    switch piece {
    case .body: reading.request.body
    case .literal(let text): Array(text.utf8)
    case .secret: secret
    case .method: Array(reading.request.method.utf8)
    case .url: Array(try reading.url(url).utf8)
    case .calledURL(let spelled): Array(spelled(try reading.url(url)).utf8)
    case .header(let names): Array(try firstHeader(names, reading).utf8)
    case .identifier(let names): Array(try identifier(names, reading).utf8)
    case .element(let name): Array(try scheme.layout.element(name, in: text, at: place).utf8)
    case .query(let name): Array(try reading.requiredQuery(name).utf8)
    case .field(let path): Array(try requiredField(path, reading).utf8)
    case .special(let compute): try compute(reading)
    }
  }

  private func firstHeader(_ names: [String], _ reading: RequestReading) throws(Refusal) -> String {
    for name in names.dropLast() {
      if let value = try reading.header(name), !value.isEmpty { return value }
    }
    return try reading.requiredHeader(names.last ?? "")
  }

  private func identifier(_ names: [String], _ reading: RequestReading) throws(Refusal) -> String {
    let value = try firstHeader(names, reading)
    guard !value.utf8.contains(UInt8(ascii: ".")) else {
      throw Refusal(.malformedSignature, "header \(names[0]) has a dot in it")
    }
    return value
  }

  private func requiredField(_ path: [String], _ reading: RequestReading) throws(Refusal) -> String {
    if let text = try reading.text(at: path) { return text }
    let name = path.joined(separator: ".")
    throw Refusal(.missingField(name), "the body has no \"\(name)\"")
  }

  func checkTime(_ reading: RequestReading, signature text: String, _ place: SignaturePlace) throws(Refusal) {
    guard let rule = scheme.timestamp, let tolerance else { return }
    guard let written = try momentText(rule, reading, text, place) else {
      if rule.isRequired { throw Refusal(.malformedTimestamp, "the request has no timestamp") }
      return
    }
    guard let moment = Moments.read(written, unit: rule.unit) else {
      throw Refusal(.malformedTimestamp, "the timestamp is not \(rule.unit.words)")
    }
    try Skew.check(moment: moment, now: reading.request.now, tolerance: tolerance)
  }

  private func momentText(
    _ rule: TimestampRule, _ reading: RequestReading, _ text: String, _ place: SignaturePlace
  ) throws(Refusal) -> String? {
    switch rule.source {
    case .header(let names):
      if rule.isRequired { return try firstHeader(names, reading) }
      for name in names { if let value = try reading.header(name) { return value } }
      return nil
    case .element(let name): return try scheme.layout.element(name, in: text, at: place)
    case .query(let name): return rule.isRequired ? try reading.requiredQuery(name) : reading.query(name)
    case .field(let path): return rule.isRequired ? try requiredField(path, reading) : try reading.text(at: path)
    }
  }
}

extension MomentUnit {
  var words: String {
    switch self {
    case .seconds: "a number of seconds"
    case .milliseconds: "a number of milliseconds"
    case .rfc3339: "a moment such as 2026-05-01T00:00:00Z"
    }
  }
}

enum Skew {
  /// All in milliseconds; both directions are bounded.
  static func check(moment: Int64, now: Int64, tolerance: Int64) throws(Refusal) {
    let skew = now - moment
    guard skew.magnitude > UInt64(tolerance) else { return }
    let seconds = Int(skew.magnitude / 1000)
    if skew > 0 {
      throw Refusal(
        .staleTimestamp(skewSeconds: seconds), "the timestamp is \(seconds) s old, \(tolerance / 1000) s are allowed")
    }
    throw Refusal(
      .futureTimestamp(skewSeconds: seconds), "the timestamp is \(seconds) s ahead, \(tolerance / 1000) s are allowed")
  }
}
