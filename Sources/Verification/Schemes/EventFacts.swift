// What a provider's event goes by: the id that its repeats share, and its name.

import JSONCodec

struct EventFacts: Sendable {
  /// The first that the request has.
  var dedupe: [FactSource]
  var event: [FactSource] = []
  /// Seconds.
  var retryWindow: Int = 86_400
  /// What the sender wants to be answered.
  var answer: HandshakeReply?

  func match(_ reading: RequestReading, secretID: String?) -> Match {
    var match = Match(secretID: secretID.flatMap { $0.isEmpty ? nil : $0 }, retryWindow: retryWindow)
    match.dedupeKey = first(dedupe, reading).map(Self.bounded)
    match.event = first(event, reading).map { String($0.prefix(128)) }
    match.answer = answer
    match.document = reading.document
    return match
  }

  private func first(_ sources: [FactSource], _ reading: RequestReading) -> String? {
    for source in sources {
      if let text = source.text(reading), !text.isEmpty { return text }
    }
    return nil
  }

  /// Long keys become their digest, because a sender chooses them.
  static func bounded(_ key: String) -> String {
    key.utf8.count <= 256 ? key : "sha256:" + Hexadecimal.encode(Hash.sha256.digest(of: Array(key.utf8)))
  }

  /// Sets the id and the event where the provider has them in headers.
  func mark(_ request: inout OutgoingRequest) {
    if case .header(let name)? = dedupe.first { request.headers.set(name, request.id) }
    if case .header(let name)? = event.first, let event = request.event { request.headers.set(name, event) }
  }
}

/// Where a fact about an event stands.
enum FactSource: Sendable {
  /// In lower case.
  case header(String)
  case query(String)
  /// A path into a JSON body, its steps between dots.
  case field(String)
  case form(String)
  /// JSON in a field of a form.
  case formJSON(String, String)
  /// A field of a multipart form.
  case multipart(String)
  /// An element of an XML body.
  case element(String)
  /// All elements of an XML body with this name, with commas between.
  case elements(String)
  /// All of them with a colon between; nil if one is missing.
  case joined([FactSource])
  /// The facts of every element of the array at this path, with commas between; "" is the body itself.
  case each(String, [String])
  /// What is at this path with commas between; a step `*` stands for every element of an array.
  case every(String)
  /// The first key of a JSON body that is not this one.
  case keyBeside(String)

  func text(_ reading: RequestReading) -> String? {
    switch self {
    case .header(let name): return Self.header(name, reading)
    case .query(let name): return reading.query(name)
    case .field(let path): return try? reading.text(at: Self.steps(path))
    case .form(let name): return formText(name, reading)
    case .formJSON(let name, let path):
      guard let text = formText(name, reading), let json = try? JSON.parse(text) else { return nil }
      return json.text(at: Self.steps(path))
    case .element(let name): return XMLElements.text(of: name, in: reading.request.body)
    case .elements(let name):
      let texts = XMLElements.texts(of: name, in: reading.request.body)
      return texts.isEmpty ? nil : texts.joined(separator: ",")
    case .multipart(let name): return MultipartField.text(of: name, in: reading.request.body)
    case .joined(let sources):
      let texts = sources.compactMap { $0.text(reading) }
      return texts.count == sources.count ? texts.joined(separator: ":") : nil
    case .each(let path, let names): return each(path, names, reading)
    case .every(let path):
      let texts = (try? reading.json())?.texts(at: Self.steps(path)[...]) ?? []
      return texts.isEmpty ? nil : texts.joined(separator: ",")
    case .keyBeside(let name):
      return (try? reading.json())?.members.first { $0.key != name }?.key
    }
  }

  static func steps(_ path: String) -> [String] { path.split(separator: ".").map(String.init) }

  private static func header(_ name: String, _ reading: RequestReading) -> String? {
    switch reading.request.headers.value(of: name) {
    case .missing, .repeated: nil
    case .one(let value): value.utf8.count <= RequestReading.headerLimit ? value : nil
    }
  }

  private func formText(_ name: String, _ reading: RequestReading) -> String? {
    (try? reading.form())?.only(name).map { String(decoding: $0, as: UTF8.self) }
  }

  private func each(_ path: String, _ names: [String], _ reading: RequestReading) -> String? {
    guard let elements = (try? reading.json())?.value(at: Self.steps(path))?.elements, !elements.isEmpty else {
      return nil
    }
    var texts: [String] = []
    for element in elements {
      let facts = names.compactMap { element.text(at: Self.steps($0)) }
      guard facts.count == names.count else { return nil }
      texts.append(facts.joined(separator: ":"))
    }
    return texts.joined(separator: ",")
  }
}
