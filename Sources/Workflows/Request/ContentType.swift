// A `Content-Type` or `Content-Disposition` value (RFC 9110, section 5.6.6): a word and its parameters.

package struct ContentType {
  /// Lower case: `application/json`, `form-data`.
  package let type: String
  /// Names in lower case.
  let parameters: [(name: String, value: String)]

  package init(_ text: String) {
    if text == Self.json {
      // What nearly all webhooks say.
      (type, parameters) = (text, [])
      return
    }
    var pieces = Self.split(Array(text.utf8))[...]
    type = Self.trimmed(pieces.popFirst() ?? []).lowercased()
    parameters = pieces.compactMap { piece in
      guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let name = Self.trimmed(Array(piece[..<equals])).lowercased()
      return (name, Self.unquoted(Self.trimmed(Array(piece[(equals + 1)...]))))
    }
  }

  private static let json = "application/json"

  package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  package var isJSON: Bool {
    type == Self.json || type == "text/json" || type.hasSuffix("+json")
  }

  package var isForm: Bool { type == "application/x-www-form-urlencoded" }

  var isMultipart: Bool { type == "multipart/form-data" }

  package var isText: Bool {
    type.hasPrefix("text/") || type == "application/xml" || type.hasSuffix("+xml")
      || [
        "application/yaml", "application/toml", "application/x-ndjson", "application/javascript", "application/graphql",
      ].contains(type)
  }

  /// At semicolons outside of quotes.
  private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = [[]]
    var isQuoted = false
    var isEscaped = false
    for byte in bytes {
      if byte == UInt8(ascii: ";"), !isQuoted {
        pieces.append([])
        continue
      }
      if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && isQuoted && !isEscaped
      pieces[pieces.count - 1].append(byte)
    }
    return pieces
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    var slice = bytes[...]
    while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
    return String(decoding: slice, as: UTF8.self)
  }

  /// Only an escaped quote is an escape: file names of some browsers hold plain backslashes.
  private static func unquoted(_ text: String) -> String {
    guard text.utf8.count >= 2, text.utf8.first == UInt8(ascii: "\""), text.utf8.last == UInt8(ascii: "\"") else {
      return text
    }
    return String(text.dropFirst().dropLast().replacing("\\\"", with: "\""))
  }
}
