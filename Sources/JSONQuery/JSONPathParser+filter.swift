// Reads what stands after `?`.

import JSONCodec

extension JSONPathParser {
  /// What can stand beside a comparison operator or as a function's argument, before it is known what is needed there.
  enum Operand {
    case literal(JSON)
    case query(JSONPath.Query)
    /// A function that gives a value.
    case value(JSONPath.Value)
    /// A function that gives true or false.
    case match(JSONPath.Match)
  }

  mutating func condition() throws(QuerySyntaxError) -> JSONPath.Condition {
    try nesting.enter(at: text.column)
    defer { nesting.leave() }
    var alternatives = [try conjunction()]
    while text.skip("||") { alternatives.append(try conjunction()) }
    return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
  }

  private mutating func conjunction() throws(QuerySyntaxError) -> JSONPath.Condition {
    var conditions: [JSONPath.Condition] = []
    repeat {
      text.skipBlanks()
      conditions.append(try simpleCondition())
      text.skipBlanks()
    } while text.skip("&&")
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private mutating func simpleCondition() throws(QuerySyntaxError) -> JSONPath.Condition {
    if text.skip("!") {
      text.skipBlanks()
      let start = text.index
      return .not(text.current == "(" ? try parentheses() : try test(try operand(), at: start))
    }
    if text.current == "(" { return try parentheses() }
    let start = text.index
    let left = try operand()
    text.skipBlanks()
    guard let comparison = try comparisonOperator() else { return try test(left, at: start) }
    let leftValue = try value(left, at: start)
    text.skipBlanks()
    let rightStart = text.index
    return .comparison(leftValue, comparison, try value(try operand(), at: rightStart))
  }

  private mutating func parentheses() throws(QuerySyntaxError) -> JSONPath.Condition {
    text.index += 1
    let condition = try condition()
    guard text.skip(")") else { throw text.unexpected("\"&&\", \"||\" or \")\"") }
    return condition
  }

  private mutating func comparisonOperator() throws(QuerySyntaxError) -> ComparisonOperator? {
    let start = text.index
    let symbols = text.take { "=!<>".unicodeScalars.contains($0) }
    guard !symbols.isEmpty else { return nil }
    guard let comparison = ComparisonOperator(rawValue: symbols) else {
      throw text.error("\"\(symbols)\" is no comparison; there are == != < <= > >=", at: start)
    }
    return comparison
  }

  mutating func operand() throws(QuerySyntaxError) -> Operand {
    switch text.current {
    case "$", "@": .query(try query())
    case "\"", "'": .literal(.string(try quotedText()))
    case "-": .literal(try number())
    case let first? where first.isDigit: .literal(try number())
    case let first? where ("a"..."z").contains(first): try word()
    default: throw text.unexpected("\"@\", \"$\", a function, a number, a text in quotes, true, false or null")
    }
  }

  private mutating func word() throws(QuerySyntaxError) -> Operand {
    let start = text.index
    let word = text.take { ("a"..."z").contains($0) || $0.isDigit || $0 == "_" }
    if text.current == "(" { return try call(word, at: start) }
    switch word {
    case "true": return .literal(true)
    case "false": return .literal(false)
    case "null": return .literal(nil)
    default:
      throw text.error("unknown word \"\(word)\"; names follow \"@.\" or \"$.\", texts stand in quotes", at: start)
    }
  }

  private func test(_ operand: Operand, at start: Int) throws(QuerySyntaxError) -> JSONPath.Condition {
    switch operand {
    case .query(let query): return .exists(query)
    case .match(let match): return .match(match)
    case .literal, .value: throw text.error("this value alone is no condition; compare it with another", at: start)
    }
  }

  func value(_ operand: Operand, at start: Int) throws(QuerySyntaxError) -> JSONPath.Value {
    switch operand {
    case .literal(let literal): return .literal(literal)
    case .value(let value): return value
    case .query(let query) where query.isSingular: return .only(query)
    case .query:
      throw text.error("one value is needed here, but this query can find several; see count() and value()", at: start)
    case .match: throw text.error("a value is needed here, but match() and search() are true or false", at: start)
    }
  }
}
