// The formats that texts are checked for. Others mean nothing, as the drafts have it.

enum TextFormat: String, Sendable {
  case dateTime = "date-time"
  case date
  case time
  case duration
  case email
  case hostname
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uuid
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex

  func accepts(_ text: Span<UInt8>) -> Bool {
    switch self {
    case .dateTime: TimeFormats.isDateTime(text)
    case .date: TimeFormats.isDate(text)
    case .time: TimeFormats.isTime(text)
    case .duration: TimeFormats.isDuration(text)
    case .email: AddressFormats.isEmail(text)
    case .hostname: AddressFormats.isHostname(text)
    case .ipv4: AddressFormats.isIPv4(text)
    case .ipv6: AddressFormats.isIPv6(text)
    case .uri: URIFormats.isURI(text, takesAllOfUnicode: false)
    case .uriReference: URIFormats.isReference(text, takesAllOfUnicode: false)
    case .iri: URIFormats.isURI(text, takesAllOfUnicode: true)
    case .iriReference: URIFormats.isReference(text, takesAllOfUnicode: true)
    case .uuid: Self.isUUID(text)
    case .jsonPointer: Self.isPointer(text)
    case .relativeJSONPointer: Self.isRelativePointer(text)
    case .regex: PatternTranslation.isPattern(text)
    }
  }

  /// For messages, with an example.
  var description: String {
    switch self {
    case .dateTime: "a date and time such as 2026-01-31T12:00:00Z"
    case .date: "a date such as 2026-01-31"
    case .time: "a time with its zone, such as 12:00:00Z"
    case .duration: "a duration such as P1DT12H"
    case .email: "an email address"
    case .hostname: "a host name"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri, .iri: "an absolute \(rawValue.uppercased()) such as https://a.example/b"
    case .uriReference: "a URI or a part of one"
    case .iriReference: "an IRI or a part of one"
    case .uuid: "a UUID such as 2eb8aa08-aa98-11ea-b4aa-73b441d16380"
    case .jsonPointer: "a JSON Pointer such as /a/0"
    case .relativeJSONPointer: "a relative JSON Pointer such as 1/a"
    case .regex: "a regular expression"
    }
  }

  private static func isUUID(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in text.indices {
      let isDash = index == 8 || index == 13 || index == 18 || index == 23
      guard isDash ? text[index] == UInt8(ascii: "-") : text[index].hexValue != nil else { return false }
    }
    return true
  }

  private static func isPointer(_ text: Span<UInt8>, from start: Int = 0) -> Bool {
    guard start < text.count else { return true }
    guard text[start] == UInt8(ascii: "/") else { return false }
    for index in start..<text.count where text[index] == UInt8(ascii: "~") {
      guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "0") || text[index + 1] == UInt8(ascii: "1")
      else { return false }
    }
    return true
  }

  /// How many levels up, then a pointer or `#` for the name there.
  private static func isRelativePointer(_ text: Span<UInt8>) -> Bool {
    var index = 0
    guard let digits = text.skipDigits(at: &index), digits == 1 || text[0] != UInt8(ascii: "0") else { return false }
    if index == text.count - 1, text[index] == UInt8(ascii: "#") { return true }
    return isPointer(text, from: index)
  }
}

extension Span<UInt8> {
  /// The byte at a place, 0 past the end.
  func byte(at index: Int) -> UInt8 { index < count ? self[index] : 0 }

  /// Moves past a byte if it is there.
  func skip(_ character: Unicode.Scalar, at index: inout Int) -> Bool {
    guard index < count, self[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Moves past digits and gives their number; nil if there are none.
  func skipDigits(at index: inout Int) -> Int? {
    let start = index
    while index < count, self[index].isDigit { index += 1 }
    return index > start ? index - start : nil
  }

  /// Moves past exactly so many digits and gives the number they make.
  func number(_ digits: Int, at index: inout Int) -> Int? {
    guard index + digits <= count else { return nil }
    var value = 0
    for place in index..<index + digits {
      guard self[place].isDigit else { return nil }
      value = value * 10 + Int(self[place] - UInt8(ascii: "0"))
    }
    index += digits
    return value
  }
}
