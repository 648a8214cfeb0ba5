// The check that nearly all providers use: a signature scheme with its keys, and the provider's handshakes around it.

struct SchemeCheck: Check {
  var scheme: SignatureScheme
  /// Public keys may also come with the request; then these are none.
  var keys: [SchemeKey]
  /// For sending only.
  var privateKey: PrivateKey?
  /// Milliseconds; nil for no limit.
  var tolerance: Int64?
  /// Instead of the deployment's own public address.
  var url: String?
  var facts: EventFacts
  /// Tried before the signature: challenges that nobody signs.
  var unsignedHandshakes: [Handshake] = []
  /// Tried after the signature fits.
  var signedHandshakes: [Handshake] = []
  /// For providers whose keys live at an address that the request names; refuses addresses of others.
  var remoteKeys: (@Sendable (RequestReading) throws(Refusal) -> [SchemeKey])?
  /// What the sender adds to a request beside the signature.
  var prepare: @Sendable (inout OutgoingRequest) -> Void = { _ in }
  /// A last look at a request whose signature fits.
  var inspect: @Sendable (RequestReading) throws(Refusal) -> Void = { _ in }
  /// Answers that depend on the event.
  var answers: (@Sendable (RequestReading) -> HandshakeReply?)?
  /// What becomes of the body.
  var finish: @Sendable (inout Match, RequestReading) throws(Refusal) -> Void = { _, _ in }

  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict {
    for handshake in unsignedHandshakes {
      if let reply = try handshake.answer(reading, currentKeys(reading)) { return .handshake(reply) }
    }
    let key = try matchingKey(reading)
    try inspect(reading)
    for handshake in signedHandshakes {
      if let reply = try handshake.answer(reading, [key]) { return .handshake(reply) }
    }
    var match = facts.match(reading, secretID: key.id)
    if let answers { match.answer = answers(reading) }
    try finish(&match, reading)
    return .accepted(match)
  }

  /// The key that made the request's signature.
  func matchingKey(_ reading: RequestReading) throws(Refusal) -> SchemeKey {
    let (text, place) = try signatureText(reading)
    let candidates = try scheme.layout.candidates(in: text, at: place)
    try checkTime(reading, signature: text, place)
    let usable = try usableKeys(reading)
    let claims = candidates.compactMap { $0.isEmpty ? nil : scheme.encoding.decode($0) }
    guard !claims.isEmpty else {
      throw Refusal(.malformedSignature, "\(place.name) holds no signature in \(scheme.encoding)")
    }
    if let key = try matchingKey(reading, claims, usable, text, place) { return key }
    var refusal = Refusal(.mismatch, "\(place.name) fits none of the \(usable.count) secrets or keys")
    if reading.request.isDiagnosed { refusal.diagnosis = diagnosis(reading, claims, usable, text, place) }
    throw refusal
  }

  func matchingKey(
    _ reading: RequestReading, _ claims: [[UInt8]], _ keys: [SchemeKey], _ text: String, _ place: SignaturePlace
  ) throws(Refusal) -> SchemeKey? {
    for (index, pieces) in scheme.signed.enumerated() {
      do throws(Refusal) {
        if let key = try matchingKey(reading, claims, keys, pieces, text, place) { return key }
      } catch {
        // What only a later way of signing needs may well be missing.
        if index == 0 { throw error }
      }
    }
    return nil
  }

  private func matchingKey(
    _ reading: RequestReading, _ claims: [[UInt8]], _ keys: [SchemeKey], _ pieces: [SignedPiece], _ text: String,
    _ place: SignaturePlace
  ) throws(Refusal) -> SchemeKey? {
    let dependsOnKey = pieces.contains { $0.isSecret }
    var parts = dependsOnKey ? [] : try self.parts(pieces, reading, secret: [], text, place)
    for key in keys {
      if dependsOnKey { parts = try self.parts(pieces, reading, secret: key.secret, text, place) }
      if key.matches(anyOf: claims, for: parts) { return key }
    }
    return nil
  }

  /// The signature's text at the first place that has one.
  private func signatureText(_ reading: RequestReading) throws(Refusal) -> (String, SignaturePlace) {
    for place in scheme.places {
      guard let text = try self.text(at: place, reading) else { continue }
      guard !text.isEmpty else {
        if case .header(let name) = place { throw Refusal(.emptyHeader(name), "header \(name) is empty") }
        throw Refusal(.malformedSignature, "\(place.name) is empty")
      }
      guard text.utf8.count <= RequestReading.headerLimit else {
        throw Refusal(.malformedSignature, "\(place.name) is longer than \(RequestReading.headerLimit) bytes")
      }
      return (text, place)
    }
    let places = scheme.places.map(\.name).joined(separator: " or ")
    switch scheme.places.first {
    case .header(let name): throw Refusal(.missingHeader(name), "\(places) is missing")
    case .credential: throw Refusal(.missingHeader("authorization"), "\(places) is missing")
    case .query(let name), .form(let name): throw Refusal(.missingField(name), "\(places) is missing")
    case .field(let path): throw Refusal(.missingField(path.joined(separator: ".")), "\(places) is missing")
    case nil: throw Refusal(.missingField(""), "nothing is there to check")
    }
  }

  private func text(at place: SignaturePlace, _ reading: RequestReading) throws(Refusal) -> String? {
    switch place {
    case .header(let name): try reading.header(name)
    case .query(let name): reading.query(name)
    case .credential(let word): try reading.credential(word)
    case .field(let path): try reading.text(at: path)
    case .form(let name): try reading.form().only(name).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private func currentKeys(_ reading: RequestReading) -> [SchemeKey] { keys.filter { $0.isCurrent(reading) } }

  private func usableKeys(_ reading: RequestReading) throws(Refusal) -> [SchemeKey] {
    var usable = keys
    if let remoteKeys { usable += try remoteKeys(reading) }
    if let header = scheme.keyIDHeader {
      let id = try reading.requiredHeader(header)
      usable = usable.filter { $0.id.hasSameLetters(as: id) }
      guard !usable.isEmpty else {
        throw Refusal(.unknownKey(url: nil), "header \(header) names no key of the settings")
      }
    }
    usable = usable.filter { $0.isCurrent(reading) }
    guard !usable.isEmpty else { throw Refusal(.noUsableSecret, "every secret or key is past its last moment") }
    return usable
  }
}

/// A question of a provider and its answer.
struct Handshake: Sendable {
  /// Gives nil where the request is something else. The keys are those that may be used now, or the one that fits.
  let answer: @Sendable (RequestReading, [SchemeKey]) throws(Refusal) -> HandshakeReply?

  init(_ answer: @escaping @Sendable (RequestReading, [SchemeKey]) throws(Refusal) -> HandshakeReply?) {
    self.answer = answer
  }
}
