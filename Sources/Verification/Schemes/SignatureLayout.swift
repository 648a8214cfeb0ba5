// How signatures stand in their header: alone, behind a prefix, or in a list with others.

enum SignatureLayout: Sendable, Equatable {
  case whole
  case prefix(String)
  /// Items such as `v1=…` between separators; those with another prefix are left out.
  case list(separator: UInt8, itemPrefix: String)

  /// More are refused: each costs a comparison.
  static let limit = 32

  /// What may be a signature, still encoded.
  func candidates(in text: String, at place: SignaturePlace) throws(Refusal) -> [Substring] {
    switch self {
    case .whole: return [text[...]]
    case .prefix(let prefix):
      guard text.utf8.starts(with: prefix.utf8) else {
        throw Refusal(.malformedSignature, "\(place.name) does not start with \(prefix)")
      }
      return [Substring(text.utf8.dropFirst(prefix.utf8.count))]
    case .list(let separator, let itemPrefix):
      let items = try items(in: text, separator, at: place)
      let candidates = items.compactMap { Self.rest($0, behind: itemPrefix) }
      guard !candidates.isEmpty else {
        throw Refusal(.malformedSignature, "\(place.name) has no item that starts with \(itemPrefix)")
      }
      return candidates
    }
  }

  /// The value of the only item `name=…`.
  func element(_ name: String, in text: String, at place: SignaturePlace) throws(Refusal) -> String {
    guard case .list(let separator, _) = self else {
      throw Refusal(.malformedSignature, "\(place.name) is no list of items")
    }
    let values = try items(in: text, separator, at: place).compactMap { item in
      Self.rest(item, behind: name).flatMap { Self.rest($0, behind: "=") }
    }
    guard let value = values.first, values.count == 1 else {
      throw Refusal(.malformedSignature, "\(place.name) has no single \(name)=…")
    }
    return String(value)
  }

  private static func rest(_ item: Substring, behind prefix: String) -> Substring? {
    item.utf8.starts(with: prefix.utf8) ? Substring(item.utf8.dropFirst(prefix.utf8.count)) : nil
  }

  private func items(
    in text: String, _ separator: UInt8, at place: SignaturePlace
  ) throws(Refusal) -> [Substring] {
    let items = text.utf8.split(separator: separator, maxSplits: Self.limit)
    guard items.count <= Self.limit else {
      throw Refusal(.tooManySignatures, "\(place.name) has more than \(Self.limit) items")
    }
    return items.map { item in
      var item = item.drop { $0 == UInt8(ascii: " ") }
      while item.last == UInt8(ascii: " ") { item.removeLast() }
      return Substring(item)
    }
  }

  /// How the sender writes it; elements come first.
  func write(_ signature: String, elements: [(String, String)] = []) -> String {
    switch self {
    case .whole: return signature
    case .prefix(let prefix): return prefix + signature
    case .list(let separator, let itemPrefix):
      let items = elements.map { "\($0.0)=\($0.1)" } + [itemPrefix + signature]
      return items.joined(separator: String(UnicodeScalar(separator)))
    }
  }
}
