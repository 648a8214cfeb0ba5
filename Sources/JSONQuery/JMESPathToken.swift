// The words of a JMESPath.

import JSONCodec

struct JMESPathToken: Sendable {
  enum Content: Sendable {
    case name(String)
    case quotedName(String)
    case number(Int)
    /// JSON in backquotes, or a text in single quotes.
    case literal(JSON)
    case comparison(ComparisonOperator)
    case symbol(Symbol)
    case end
  }

  enum Symbol: String, Sendable {
    case dot = "."
    case star = "*"
    case comma = ","
    case colon = ":"
    case current = "@"
    case ampersand = "&"
    case pipe = "|"
    case not = "!"
    case and = "&&"
    case or = "||"
    case openingParenthesis = "("
    case closingParenthesis = ")"
    case openingBrace = "{"
    case closingBrace = "}"
    case openingBracket = "["
    case closingBracket = "]"
    case flatten = "[]"
    case filter = "[?"
  }

  let content: Content
  /// As written.
  let text: String
  let column: Int

  var symbol: Symbol? {
    if case .symbol(let symbol) = content { symbol } else { nil }
  }

  /// How strongly it binds what stands before it to what follows, as in the reference implementation; 0 for what does
  /// not continue an expression.
  var bindingPower: Int {
    switch content {
    case .symbol(.pipe): 1
    case .symbol(.or): 2
    case .symbol(.and): 3
    case .comparison: 5
    case .symbol(.flatten): 9
    case .symbol(.filter): 21
    case .symbol(.dot): 40
    case .symbol(.openingBracket): 55
    default: 0
    }
  }
}
