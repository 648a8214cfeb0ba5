// Cuts a JMESPath into its words.

import JSONCodec

struct JMESPathLexer {
  private var text: TextCursor

  /// Ends with `.end`.
  static func tokens(of text: String) throws(QuerySyntaxError) -> [JMESPathToken] {
    var lexer = JMESPathLexer(text: try TextCursor(text))
    var tokens: [JMESPathToken] = []
    while let token = try lexer.next() { tokens.append(token) }
    return tokens + [JMESPathToken(content: .end, text: "", column: lexer.text.column)]
  }

  private mutating func next() throws(QuerySyntaxError) -> JMESPathToken? {
    text.skipBlanks()
    guard let first = text.current else { return nil }
    let start = text.index
    let content = try content(beginningWith: first)
    return JMESPathToken(content: content, text: text.text(from: start), column: start + 1)
  }

  private mutating func content(beginningWith first: Unicode.Scalar) throws(QuerySyntaxError) -> JMESPathToken.Content {
    switch first {
    case "\"": return .quotedName(try quotedName())
    case "'": return .literal(.string(try quoted().replacing("\\'", with: "'")))
    case "`": return .literal(try literal())
    case "-", "0"..."9": return .number(try number())
    default: break
    }
    if first.isLetter { return .name(text.take { $0.isLetter || $0.isDigit }) }
    for length in [2, 1] {
      let start = text.index
      text.index = min(start + length, text.scalars.count)
      let word = text.text(from: start)
      if let comparison = ComparisonOperator(rawValue: word) { return .comparison(comparison) }
      if let symbol = JMESPathToken.Symbol(rawValue: word) { return .symbol(symbol) }
      text.index = start
    }
    if first == "=" { throw text.error("\"=\" alone is no comparison; write \"==\"", at: text.index) }
    throw text.unexpected("a name, a literal or an operator")
  }

  /// What stands between two like quotes, escapes untouched.
  private mutating func quoted() throws(QuerySyntaxError) -> String {
    let start = text.index
    let quote = text.current
    text.index += 1
    while let scalar = text.current, scalar != quote {
      text.index = min(text.index + (scalar == "\\" ? 2 : 1), text.scalars.count)
    }
    guard !text.isAtEnd else { throw text.error("this quote is not closed", at: start) }
    text.index += 1
    return String(String.UnicodeScalarView(text.scalars[start + 1..<text.index - 1]))
  }

  private mutating func quotedName() throws(QuerySyntaxError) -> String {
    let start = text.index
    let content = try quoted()
    guard let name = try? JSON.parse("\"\(content)\"").stringValue else {
      throw text.error("a name in quotes is written as a string of JSON is", at: start)
    }
    return name
  }

  private mutating func literal() throws(QuerySyntaxError) -> JSON {
    let start = text.index
    let content = try quoted().replacing("\\`", with: "`")
    guard let value = try? JSON.parse(content) else {
      throw text.error("what stands in backquotes must be JSON; a text is written 'text'", at: start)
    }
    return value.resolved
  }

  private mutating func number() throws(QuerySyntaxError) -> Int {
    let isNegative = text.skip("-")
    let digits = text.take(while: \.isDigit)
    guard !digits.isEmpty else { throw text.unexpected("a digit after \"-\"") }
    // No array is as long as these bounds.
    let magnitude = min(Int(digits) ?? .max, QueryLimits.wholeNumbers.upperBound)
    return isNegative ? -magnitude : magnitude
  }
}
