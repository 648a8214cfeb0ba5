// Walks through the text of an expression, for both languages.

struct TextCursor {
  let scalars: [Unicode.Scalar]
  var index = 0

  init(_ text: String) throws(QuerySyntaxError) {
    scalars = Array(text.unicodeScalars.prefix(QueryLimits.textLength + 1))
    guard scalars.count <= QueryLimits.textLength else {
      throw QuerySyntaxError(
        message: "the expression is longer than \(QueryLimits.textLength) characters", column: scalars.count)
    }
  }

  var column: Int { index + 1 }
  var isAtEnd: Bool { index == scalars.count }
  var current: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }

  /// Skips what is expected, if it stands here.
  mutating func skip(_ expected: String) -> Bool {
    guard scalars[index...].starts(with: expected.unicodeScalars) else { return false }
    index += expected.unicodeScalars.count
    return true
  }

  mutating func skipBlanks() {
    while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { index += 1 }
  }

  mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> String {
    let start = index
    while let scalar = current, belongs(scalar) { index += 1 }
    return text(from: start)
  }

  /// From there to here.
  func text(from start: Int) -> String {
    String(String.UnicodeScalarView(scalars[start..<index]))
  }

  func unexpected(_ expectation: String) -> QuerySyntaxError {
    let found = current.map { $0.properties.isWhitespace ? "white space" : "\"\($0)\"" } ?? "the end"
    return QuerySyntaxError(message: "expected \(expectation), but found \(found)", column: column)
  }

  func error(_ message: String, at index: Int) -> QuerySyntaxError {
    QuerySyntaxError(message: message, column: index + 1)
  }
}

extension Unicode.Scalar {
  var isDigit: Bool { ("0"..."9").contains(self) }
  /// What names without quotes begin with in ASCII.
  var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
}
