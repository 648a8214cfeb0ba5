// Answers a JMESPath query for one document.

import JSONCodec

struct JMESPathEvaluation {
  var budget = WorkBudget()

  mutating func answer(to expression: JMESPath.Expression, for document: JSON) throws(QueryError) -> JSON {
    let answer = try value(expression, of: document)
    try budget.measure([answer])
    return answer
  }

  mutating func value(_ expression: JMESPath.Expression, of current: JSON) throws(QueryError) -> JSON {
    try budget.spend()
    switch expression {
    case .current: return current
    case .literal(let literal): return literal
    case .field(let name): return try budget.member(name, of: current) ?? .null
    case .index(let index): return try budget.element(index, of: current) ?? .null
    case .chain(let steps):
      var value = current
      for step in steps { value = try self.value(step, of: value) }
      return value
    case .projection(let source, let each):
      guard let values = try values(source, of: current) else { return .null }
      return .array(try results(each, of: values))
    case .any(let expressions): return try firstValue(expressions, of: current, being: true)
    case .all(let expressions): return try firstValue(expressions, of: current, being: false)
    case .not(let expression): return .bool(try !isTrue(try value(expression, of: current)))
    case .comparison(let left, let comparison, let right):
      return try compare(try value(left, of: current), comparison, try value(right, of: current))
    case .list(let expressions):
      return current.isNull ? .null : .array(try expressions.map { e throws(QueryError) in try value(e, of: current) })
    case .object(let members): return current.isNull ? .null : try object(members, of: current)
    case .call(let call): return try result(of: call, for: current)
    }
  }

  /// Nil where there is nothing to project.
  private mutating func values(_ source: JMESPath.Source, of current: JSON) throws(QueryError) -> [JSON]? {
    if case .memberValues = source { return current.kind == .object ? try budget.children(of: current) : nil }
    guard current.kind == .array else { return nil }
    switch source {
    case .slice(let slice): return try budget.elements(slice, of: current)
    case .flattened:
      var values: [JSON] = []
      for element in try budget.children(of: current) {
        if element.kind == .array { values += try budget.children(of: element) } else { values.append(element) }
      }
      return values
    case .matching(let condition):
      var values: [JSON] = []
      for element in try budget.children(of: current) where try isTrue(try value(condition, of: element)) {
        values.append(element)
      }
      return values
    case .elements, .memberValues: return try budget.children(of: current)
    }
  }

  private mutating func results(_ expression: JMESPath.Expression, of values: [JSON]) throws(QueryError) -> [JSON] {
    var results: [JSON] = []
    for value in values {
      let result = try self.value(expression, of: value)
      if !result.isNull { results.append(result) }
    }
    return results
  }

  /// The first value that counts as true, or as false, else the last one.
  private mutating func firstValue(
    _ expressions: [JMESPath.Expression], of current: JSON, being truth: Bool
  ) throws(QueryError) -> JSON {
    var value = JSON.null
    for expression in expressions {
      value = try self.value(expression, of: current)
      if try isTrue(value) == truth { break }
    }
    return value
  }

  /// Everything is but null, false, and empty strings, arrays and objects.
  private mutating func isTrue(_ value: JSON) throws(QueryError) -> Bool {
    switch value.kind {
    case .null: false
    case .bool: value.boolValue == true
    case .number: true
    case .string, .array, .object: try budget.length(of: value) != 0
    }
  }

  private mutating func compare(
    _ left: JSON, _ comparison: ComparisonOperator, _ right: JSON
  ) throws(QueryError) -> JSON {
    switch comparison {
    case .equal: return .bool(try budget.areEqual(left, right))
    case .notEqual: return .bool(try !budget.areEqual(left, right))
    case .less, .greaterOrEqual:
      guard let isLess = try budget.precedes(left, right) else { return .null }
      return .bool(isLess == (comparison == .less))
    case .greater, .lessOrEqual:
      guard let isGreater = try budget.precedes(right, left) else { return .null }
      return .bool(isGreater == (comparison == .greater))
    }
  }

  private mutating func object(
    _ members: [(key: String, value: JMESPath.Expression)], of current: JSON
  ) throws(QueryError) -> JSON {
    var object = JSONObject()
    for (key, expression) in members { object[key] = try value(expression, of: current) }
    return .object(object)
  }
}
