// Reads numbers and texts in quotes.

import JSONCodec

extension JSONPathParser {
  /// Written as in JSON.
  mutating func number() throws(QuerySyntaxError) -> JSON {
    let start = text.index
    let digits = text.take { $0.isDigit || "+-.eE".unicodeScalars.contains($0) }
    guard let number = try? JSON.parse(digits) else {
      throw text.error("\"\(digits)\" is no number as JSON writes them", at: start)
    }
    return number.resolved
  }

  /// Escapes are those of JSON, and one for the quote that the text stands in.
  mutating func quotedText() throws(QuerySyntaxError) -> String {
    let start = text.index
    let quote = text.current
    text.index += 1
    var result = ""
    while let scalar = text.current {
      text.index += 1
      if scalar == quote { return result }
      guard scalar.value >= 0x20 else {
        throw text.error("a control character in quotes is written as an escape such as \\n", at: text.index - 1)
      }
      if scalar == "\\" {
        result += try escaped(in: quote)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    throw text.error("this quote is not closed", at: start)
  }

  private mutating func escaped(in quote: Unicode.Scalar?) throws(QuerySyntaxError) -> String {
    let start = text.index - 1
    guard let scalar = text.current else { throw text.unexpected("the rest of an escape after \"\\\"") }
    text.index += 1
    switch scalar {
    case "\\", "/", quote: return "\(scalar)"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try codePoint(at: start)
    default:
      let known = "\\b \\f \\n \\r \\t \\/ \\\\ \\u0000" + (quote.map { " \\\($0)" } ?? "")
      throw text.error("\"\\\(scalar)\" is no escape here; there are \(known)", at: start)
    }
  }

  /// The rest of `\u263a` or `\ud834\udd1e`.
  private mutating func codePoint(at start: Int) throws(QuerySyntaxError) -> String {
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]), text.skip("\\u") { units.append(try codeUnit()) }
    guard let result = String(validating: units, as: UTF16.self) else {
      throw text.error("half of a surrogate pair is no character; write both, as in \\ud83d\\ude00", at: start)
    }
    return result
  }

  private mutating func codeUnit() throws(QuerySyntaxError) -> UInt16 {
    let start = text.index
    let digits = text.take(while: \.properties.isASCIIHexDigit).prefix(4)
    text.index = start + digits.count
    guard digits.count == 4, let unit = UInt16(digits, radix: 16) else {
      throw text.unexpected("four hexadecimal digits after \"\\u\"")
    }
    return unit
  }
}
