// What filters compare and match. Values may be nothing, which equals nothing else.

import JSONCodec

extension JSONPathEvaluation {
  mutating func value(_ value: JSONPath.Value, at current: JSON) throws(QueryError) -> JSON? {
    switch value {
    case .literal(let literal): return literal
    case .only(let query):
      let nodes = try nodes(query, at: current)
      guard nodes.count == 1 else { return nil }
      return nodes[0]
    case .count(let query): return .int(Int64(try nodes(query, at: current).count))
    case .length(let value):
      try budget.spend()
      guard let value = try self.value(value, at: current) else { return nil }
      return try budget.length(of: value).map { .int(Int64($0)) }
    }
  }

  /// Section 2.3.5.2.2 of RFC 9535.
  mutating func compare(
    _ left: JSON?, _ comparison: ComparisonOperator, _ right: JSON?
  ) throws(QueryError) -> Bool {
    switch comparison {
    case .equal: try areEqual(left, right)
    case .notEqual: try !areEqual(left, right)
    case .less: try precedes(left, right)
    case .greater: try precedes(right, left)
    case .lessOrEqual: if try precedes(left, right) { true } else { try areEqual(left, right) }
    case .greaterOrEqual: if try precedes(right, left) { true } else { try areEqual(left, right) }
    }
  }

  private mutating func areEqual(_ one: JSON?, _ other: JSON?) throws(QueryError) -> Bool {
    switch (one, other) {
    case (let one?, let other?): try budget.areEqual(one, other)
    case (.none, .none): true
    case (.some, .none), (.none, .some): false
    }
  }

  private mutating func precedes(_ one: JSON?, _ other: JSON?) throws(QueryError) -> Bool {
    guard let one, let other else { return false }
    return try budget.precedes(one, other) == true
  }

  mutating func matches(_ match: JSONPath.Match, for current: JSON) throws(QueryError) -> Bool {
    guard let subject = try string(match.subject, at: current),
      let expression = try expression(match.pattern, at: current)
    else { return false }
    try budget.spend(matching: subject, with: expression)
    return match.isWhole ? expression.matchesWhole(of: subject) : expression.matchesPart(of: subject)
  }

  /// Nothing for what is no pattern: it matches no text.
  private mutating func expression(
    _ pattern: JSONPath.Match.Pattern, at current: JSON
  ) throws(QueryError) -> RegularExpression? {
    switch pattern {
    case .literal(let expression): return expression
    case .computed(let value):
      guard let text = try string(value, at: current) else { return nil }
      return try patterns.expression(text, paidFrom: &budget)
    }
  }

  private mutating func string(_ value: JSONPath.Value, at current: JSON) throws(QueryError) -> String? {
    guard let value = try self.value(value, at: current) else { return nil }
    return try budget.string(value)
  }
}
