// The members of a JSON object in the order they came or were set: receivers and people care about it.

/// An ordered JSON object. Keys are compared byte for byte; a repeated key keeps its first place and its last value.
package struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var members: [(key: String, value: JSON)] = []
  /// Where each key stands; empty while a look through the few members is quicker.
  private var positions: [ExactKey: Int] = [:]

  private static let indexedSize = 16

  package init() {}

  package init(_ members: [(String, JSON)]) {
    self.members.reserveCapacity(members.count)
    for (key, value) in members { self[key] = value }
  }

  /// For members whose keys are known to differ; nothing is looked up.
  package init(distinct members: [(key: String, value: JSON)]) {
    self.members = members
    if members.count > Self.indexedSize { buildPositions() }
  }

  package init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(elements)
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  package var keys: [String] { members.map(\.key) }

  /// Setting nil removes the member; a new key goes to the end.
  package subscript(key: String) -> JSON? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (nil, let value?): append(key, value)
      case (let position?, nil): remove(at: position)
      case (nil, nil): break
      }
    }
  }

  private func position(of key: String) -> Int? {
    if !positions.isEmpty { return positions[ExactKey(text: key)] }
    return members.firstIndex { $0.key.hasSameBytes(as: key) }
  }

  private mutating func append(_ key: String, _ value: JSON) {
    members.append((key, value))
    if !positions.isEmpty {
      positions[ExactKey(text: key)] = members.count - 1
    } else if members.count > Self.indexedSize {
      buildPositions()
    }
  }

  private mutating func remove(at position: Int) {
    members.remove(at: position)
    positions = [:]
    if members.count > Self.indexedSize { buildPositions() }
  }

  private mutating func buildPositions() {
    for (position, member) in members.enumerated() { positions[ExactKey(text: member.key)] = position }
  }
}

/// Swift's own String equality takes different spellings of one character as equal; JSON keys are code points.
private struct ExactKey: Hashable {
  let text: String

  static func == (one: ExactKey, other: ExactKey) -> Bool { one.text.hasSameBytes(as: other.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
