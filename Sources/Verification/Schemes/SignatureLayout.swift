// How signatures stand in their header: alone, behind a prefix, or in a list with others.

enum SignatureLayout: Sendable, Equatable {
  case whole
  case prefix(String)
  /// Items such as `v1=…` between separators; those with another prefix are left out.
  case list(separator: Character, itemPrefix: String)

  /// More are refused: each costs a comparison.
  static let limit = 32

  /// What may be a signature, still encoded.
  func candidates(in text: String, at place: SignaturePlace) throws(Refusal) -> [Substring] {
    switch self {
    case .whole: return [text[...]]
    case .prefix(let prefix):
      guard text.hasPrefix(prefix) else {
        throw Refusal(.malformedSignature, "\(place.name) does not start with \(prefix)")
      }
      return [text.dropFirst(prefix.count)]
    case .list(let separator, let itemPrefix):
      let items = try items(in: text, separator, at: place)
      let candidates = items.compactMap { $0.hasPrefix(itemPrefix) ? $0.dropFirst(itemPrefix.count) : nil }
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
    let values = try items(in: text, separator, at: place).filter { $0.hasPrefix(name + "=") }
    guard let value = values.first, values.count == 1 else {
      throw Refusal(.malformedSignature, "\(place.name) has no single \(name)=…")
    }
    return String(value.dropFirst(name.count + 1))
  }

  private func items(
    in text: String, _ separator: Character, at place: SignaturePlace
  ) throws(Refusal) -> [Substring] {
    let items = text.split(separator: separator, maxSplits: Self.limit)
    guard items.count <= Self.limit else {
      throw Refusal(.tooManySignatures, "\(place.name) has more than \(Self.limit) items")
    }
    return items.map { item in
      var item = item.drop { $0 == " " }
      while item.last == " " { item.removeLast() }
      return item
    }
  }

  /// How the sender writes it; elements come first.
  func write(_ signature: String, elements: [(String, String)] = []) -> String {
    switch self {
    case .whole: return signature
    case .prefix(let prefix): return prefix + signature
    case .list(let separator, let itemPrefix):
      let items = elements.map { "\($0.0)=\($0.1)" } + [itemPrefix + signature]
      return items.joined(separator: String(separator))
    }
  }
}
