// Reads a JMESPath: each operator takes what stands before it and as much after it as binds more strongly.

import JSONCodec

struct JMESPathParser {
  typealias Expression = JMESPath.Expression

  /// What projections leave to the expression around them: an operator that binds less ends the projection.
  private static let projectionEnd = 10
  private static let starPower = 20
  private static let notPower = 8

  private let tokens: [JMESPathToken]
  private var position = 0
  private var nesting = Nesting()

  /// - Parameter tokens: ending with `.end`.
  init(tokens: [JMESPathToken]) {
    self.tokens = tokens
  }

  var current: JMESPathToken { tokens[position] }
  private var following: JMESPathToken { tokens[min(position + 1, tokens.count - 1)] }

  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  mutating func skip(_ symbol: JMESPathToken.Symbol) -> Bool {
    guard current.symbol == symbol else { return false }
    advance()
    return true
  }

  func unexpected(_ expectation: String) -> QuerySyntaxError {
    let found =
      switch current.content {
      case .end: "the end"
      case .literal: "a literal"
      default: "\"\(current.text)\""
      }
    return QuerySyntaxError(message: "expected \(expectation), but found \(found)", column: current.column)
  }

  mutating func parse() throws(QuerySyntaxError) -> Expression {
    let expression = try expression()
    guard case .end = current.content else { throw unexpected("an operator or the end") }
    return expression
  }

  mutating func expression(above power: Int = 0) throws(QuerySyntaxError) -> Expression {
    try nesting.enter(at: current.column)
    var levels = 1
    defer { nesting.leave(levels) }
    var result = try first()
    while current.bindingPower > power {
      if case .comparison = current.content {
        // Comparisons in a row are inside each other.
        try nesting.enter(at: current.column)
        levels += 1
      }
      result = try continuation(of: result)
    }
    return result
  }

  /// What an expression can begin with.
  private mutating func first() throws(QuerySyntaxError) -> Expression {
    let token = current
    switch token.content {
    case .literal(let value):
      advance()
      return .literal(value)
    case .name(let name):
      advance()
      return current.symbol == .openingParenthesis ? try call(name, at: token.column) : .field(name)
    case .quotedName(let name):
      advance()
      guard current.symbol != .openingParenthesis else {
        throw QuerySyntaxError(message: "the name of a function stands without quotes", column: token.column)
      }
      return .field(name)
    case .symbol(let symbol): return try first(symbol)
    case .number: throw unexpected("an expression (numbers stand in backquotes: `1`)")
    case .comparison, .end: throw unexpected("an expression")
    }
  }

  private mutating func first(_ symbol: JMESPathToken.Symbol) throws(QuerySyntaxError) -> Expression {
    switch symbol {
    case .current:
      advance()
      return .current
    case .star:
      advance()
      return .projection(.memberValues, try projected(above: Self.starPower))
    case .not:
      advance()
      return .not(try expression(above: Self.notPower))
    case .openingParenthesis:
      advance()
      let expression = try expression()
      guard skip(.closingParenthesis) else { throw unexpected("an operator or \")\"") }
      return expression
    case .openingBrace: return try object()
    case .openingBracket where !isIndexOrWildcard: return try list()
    case .openingBracket, .flatten, .filter: return try brackets()
    default: throw unexpected("an expression")
    }
  }

  private mutating func continuation(of left: Expression) throws(QuerySyntaxError) -> Expression {
    let token = current
    switch token.symbol {
    case .openingBracket, .flatten, .filter: return left.then(try brackets())
    case .dot:
      advance()
      if skip(.star) { return left.then(.projection(.memberValues, try projected(above: Self.starPower))) }
      return left.then(try afterDot(above: token.bindingPower))
    default: break
    }
    advance()
    let right = try expression(above: token.bindingPower)
    switch token.content {
    case .comparison(let comparison): return .comparison(left, comparison, right)
    case .symbol(.or):
      if case .any(let expressions) = left { return .any(expressions + [right]) }
      return .any([left, right])
    case .symbol(.and):
      if case .all(let expressions) = left { return .all(expressions + [right]) }
      return .all([left, right])
    default: return left.then(right)
    }
  }

  private mutating func afterDot(above power: Int) throws(QuerySyntaxError) -> Expression {
    switch current.content {
    case .name, .quotedName, .symbol(.star): try expression(above: power)
    case .symbol(.openingBracket): try list()
    case .symbol(.openingBrace): try object()
    default: throw unexpected("a name, \"*\", \"[\" or \"{\" after \".\"")
    }
  }

  /// What a projection does with each value.
  private mutating func projected(above power: Int) throws(QuerySyntaxError) -> Expression {
    if current.bindingPower < Self.projectionEnd { return .current }
    if skip(.dot) { return try afterDot(above: power) }
    return try expression(above: power)
  }
}

// Brackets that say which elements.
extension JMESPathParser {
  private var isIndexOrWildcard: Bool {
    switch following.content {
    case .number, .symbol(.colon): true
    case .symbol(.star): tokens[min(position + 2, tokens.count - 1)].symbol == .closingBracket
    default: false
    }
  }

  private mutating func brackets() throws(QuerySyntaxError) -> Expression {
    let token = current
    advance()
    switch token.symbol {
    case .flatten: return .projection(.flattened, try projected(above: token.bindingPower))
    case .filter:
      let condition = try expression()
      guard skip(.closingBracket) else { throw unexpected("an operator or \"]\"") }
      return .projection(.matching(condition), try projected(above: token.bindingPower))
    default: break
    }
    if skip(.star) {
      guard skip(.closingBracket) else { throw unexpected("\"]\"") }
      return .projection(.elements, try projected(above: Self.starPower))
    }
    return try indexOrSlice()
  }

  private mutating func indexOrSlice() throws(QuerySyntaxError) -> Expression {
    let first = number()
    if let first, skip(.closingBracket) { return .index(first) }
    guard skip(.colon) else { throw unexpected(first == nil ? "an index, a slice or \"*\"" : "\"]\" or \":\"") }
    var slice = Slice(start: first, end: number())
    if skip(.colon) {
      let column = current.column
      slice.step = number() ?? 1
      guard slice.step != 0 else { throw QuerySyntaxError(message: "a slice cannot go in steps of 0", column: column) }
    }
    guard skip(.closingBracket) else { throw unexpected("a number, \":\" or \"]\"") }
    return .projection(.slice(slice), try projected(above: Self.starPower))
  }

  private mutating func number() -> Int? {
    guard case .number(let number) = current.content else { return nil }
    advance()
    return number
  }
}
