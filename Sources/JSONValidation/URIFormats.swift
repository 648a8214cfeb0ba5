// The syntax of RFC 3986, and of RFC 3987 where all of Unicode may stand in a URI.

enum URIFormats {
  static func isURI(_ text: Span<UInt8>, takesAllOfUnicode: Bool) -> Bool {
    guard let start = endOfScheme(text) else { return false }
    return isRest(text, from: start, takesAllOfUnicode)
  }

  static func isReference(_ text: Span<UInt8>, takesAllOfUnicode: Bool) -> Bool {
    if let start = endOfScheme(text) { return isRest(text, from: start, takesAllOfUnicode) }
    // A colon in the first part of a path would be read as the end of a scheme.
    for index in text.indices {
      if text[index] == UInt8(ascii: ":") { return false }
      if text[index].isOneOf("/?#") { break }
    }
    return isRest(text, from: 0, takesAllOfUnicode)
  }

  /// The place after the colon; nil if there is no scheme.
  private static func endOfScheme(_ text: Span<UInt8>) -> Int? {
    guard text.byte(at: 0).isLetter else { return nil }
    for index in text.indices {
      if text[index] == UInt8(ascii: ":") { return index + 1 }
      guard text[index].isLetterOrDigit || text[index].isOneOf("+-.") else { return nil }
    }
    return nil
  }

  private static func isRest(_ text: Span<UInt8>, from start: Int, _ takesAllOfUnicode: Bool) -> Bool {
    var index = start
    if text.byte(at: index) == UInt8(ascii: "/"), text.byte(at: index + 1) == UInt8(ascii: "/") {
      index += 2
      let end = text.firstIndex(of: "/?#", from: index)
      guard isAuthority(text.extracting(index..<end), takesAllOfUnicode) else { return false }
      index = end
    }
    let fragment = text.firstIndex(of: "#", from: index)
    let query = min(text.firstIndex(of: "?", from: index), fragment)
    return consists(text, index..<query, of: ":@/", takesAllOfUnicode)
      && consists(text, min(query + 1, fragment)..<fragment, of: ":@/?", takesAllOfUnicode)
      && consists(text, min(fragment + 1, text.count)..<text.count, of: ":@/?", takesAllOfUnicode)
  }

  private static func isAuthority(_ text: Span<UInt8>, _ takesAllOfUnicode: Bool) -> Bool {
    let at = text.indices.last { text[$0] == UInt8(ascii: "@") }
    if let at, !consists(text, 0..<at, of: ":", takesAllOfUnicode) { return false }
    let start = at.map { $0 + 1 } ?? 0
    var end: Int
    if text.byte(at: start) == UInt8(ascii: "[") {
      end = text.firstIndex(of: "]", from: start)
      guard end < text.count, isLiteral(text.extracting(start + 1..<end)) else { return false }
      end += 1
    } else {
      end = text.firstIndex(of: ":", from: start)
      guard consists(text, start..<end, of: "", takesAllOfUnicode) else { return false }
    }
    guard end < text.count else { return true }
    guard text[end] == UInt8(ascii: ":") else { return false }
    return (end + 1..<text.count).allSatisfy { text[$0].isDigit }
  }

  /// What stands in brackets: an IPv6 address, or one of a version to come.
  private static func isLiteral(_ text: Span<UInt8>) -> Bool {
    guard text.byte(at: 0) | 0x20 == UInt8(ascii: "v") else { return AddressFormats.isIPv6(text) }
    let dot = text.firstIndex(of: ".", from: 1)
    guard dot > 1, dot < text.count - 1 else { return false }
    return (1..<dot).allSatisfy { text[$0].hexValue != nil } && consists(text, dot + 1..<text.count, of: ":", false)
  }

  /// Unreserved characters, sub-delimiters, percent-encoded bytes, and what else is allowed here.
  private static func consists(
    _ text: Span<UInt8>, _ range: Range<Int>, of others: StaticString, _ takesAllOfUnicode: Bool
  ) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < range.upperBound, text[index + 1].hexValue != nil, text[index + 2].hexValue != nil else {
          return false
        }
        index += 2
      } else if byte >= 0x80 {
        guard takesAllOfUnicode else { return false }
      } else {
        guard byte.isLetterOrDigit || byte.isOneOf("-._~!$&'()*+,;=") || byte.isOneOf(others) else { return false }
      }
      index += 1
    }
    return true
  }
}

extension Span<UInt8> {
  /// The place of the first of some characters, else the end.
  fileprivate func firstIndex(of characters: StaticString, from start: Int) -> Int {
    var index = start
    while index < count, !self[index].isOneOf(characters) { index += 1 }
    return index
  }
}
