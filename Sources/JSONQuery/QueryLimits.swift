// What a query may cost: workflow authors write it and strangers send the documents, so everything has an end.

enum QueryLimits {
  /// Unicode scalars of an expression.
  static let textLength = 10_000
  /// Filters, parentheses, functions and projections inside each other.
  static let nesting = 100
  /// Steps of one evaluation; a step is about as much work as a look at one value.
  static let steps = 2_000_000
  /// Arrays and objects inside each other in an answer: as deep as the codec ever reads.
  static let answerNesting = 1024
  /// The whole numbers that every reader of JSON holds exactly.
  static let wholeNumbers = -9_007_199_254_740_991...9_007_199_254_740_991
}

/// Keeps parsers from recursing without end.
struct Nesting {
  private var depth = 0

  mutating func enter(at column: Int) throws(QuerySyntaxError) {
    depth += 1
    guard depth <= QueryLimits.nesting else {
      throw QuerySyntaxError(
        message: "the expression is nested more than \(QueryLimits.nesting) levels deep", column: column)
    }
  }

  mutating func leave(_ levels: Int = 1) { depth -= levels }
}
