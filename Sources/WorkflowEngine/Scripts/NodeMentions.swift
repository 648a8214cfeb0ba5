// Which results a script reads, as far as its text tells: `$nodes.total`, `$nodes?.total`, `$nodes['total']`.

enum NodeMentions: Sendable, Equatable {
  case all
  case some(Set<String>)

  private static let name = Array("$nodes".utf8)

  init(in code: String) {
    let text = Array(code.utf8)
    var keys: Set<String> = []
    var rest = text[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "$")) {
      rest = rest[start...]
      guard rest.starts(with: Self.name) else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(Self.name.count)
      guard let key = Self.key(&rest) else {
        self = .all
        return
      }
      keys.insert(key)
    }
    self = .some(keys)
  }

  var isNone: Bool { self == .some([]) }

  func includes(_ key: String) -> Bool {
    switch self {
    case .all: true
    case .some(let keys): keys.contains(key)
    }
  }

  /// Nil when it is not written out.
  private static func key(_ rest: inout ArraySlice<UInt8>) -> String? {
    skipBlanks(&rest)
    let isOptional = skip("?.", &rest)
    skipBlanks(&rest)
    if skip("[", &rest) {
      skipBlanks(&rest)
      guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
      let inner = rest.dropFirst().prefix { $0 != quote }
      rest = rest.dropFirst(inner.count + 2)
      skipBlanks(&rest)
      // An escape or a concatenation makes another name of it.
      guard skip("]", &rest), inner.allSatisfy(isKeyByte) else { return nil }
      return String(decoding: inner, as: UTF8.self)
    }
    guard isOptional || skip(".", &rest) else { return nil }
    skipBlanks(&rest)
    let inner = rest.prefix(while: isNameByte)
    rest = rest.dropFirst(inner.count)
    return inner.isEmpty ? nil : String(decoding: inner, as: UTF8.self)
  }

  private static func skip(_ word: String, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
    rest = rest.drop {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: byte >= 0x80
    }
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool { isNameByte(byte) || byte == UInt8(ascii: "-") }
}
