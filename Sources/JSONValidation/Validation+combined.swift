// Schemas that apply to one value together or in turns.

import JSONCodec

extension Validation {
  mutating func checkCombined(
    _ shared: Shared<CombinedRules>, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    var isValid = true
    for schema in shared.rules.references {
      isValid = try check(schema, place) && isValid
      if !isValid, attempts > 0 { return false }
    }
    for schema in shared.rules.all {
      isValid = try check(schema, place) && isValid
      if !isValid, attempts > 0 { return false }
    }
    if !shared.rules.any.isEmpty { isValid = try checkAny(shared.rules.any, node, place) && isValid }
    if !shared.rules.one.isEmpty { isValid = try checkOne(shared.rules.one, node, place) && isValid }
    if !isValid, attempts > 0 { return false }
    if let schema = shared.rules.not, try isRefused(by: schema, place) == false {
      isValid = try fail(node, "not", place) { _ in "must not fit the schema of \"not\"" }
    }
    if let condition = shared.rules.condition {
      let next = try attempt(condition, place) ? shared.rules.consequence : shared.rules.alternative
      if let next { isValid = try check(next, place) && isValid }
    }
    return isValid
  }

  /// Whether a value fits, without telling why not. What a schema evaluates that does not fit is forgotten.
  mutating func attempt(_ schema: Int, _ place: Int) throws(Stop) -> Bool {
    let depth = evaluations.count
    let before = evaluations.last
    attempts += 1
    let fits = try check(schema, place)
    attempts -= 1
    if !fits, let before { evaluations[depth - 1] = before }
    return fits
  }

  /// What is evaluated inside `not` never counts.
  private mutating func isRefused(by schema: Int, _ place: Int) throws(Stop) -> Bool {
    let before = evaluations.last
    let fits = try attempt(schema, place)
    if let before { evaluations[evaluations.count - 1] = before }
    return !fits
  }

  private mutating func checkAny(_ schemas: [Int], _ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    // All of them only if someone wants to know what they evaluate.
    let isEvaluated = evaluations.last?.place == place
    var fits = false
    for schema in schemas where isEvaluated || !fits {
      fits = try attempt(schema, place) || fits
    }
    if fits { return true }
    return try explain(schemas, "anyOf", node, place)
  }

  private mutating func checkOne(_ schemas: [Int], _ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    var first: Int?
    for (position, schema) in schemas.enumerated() where try attempt(schema, place) {
      guard let other = first else {
        first = position
        continue
      }
      return try fail(node, "oneOf", place) { _ in
        "must fit only one of the schemas of \"oneOf\", not both \(other) and \(position)"
      }
    }
    if first != nil { return true }
    return try explain(schemas, "oneOf", node, place)
  }

  /// Where only one of the schemas is for values of this type, what it finds wrong is what helps.
  private mutating func explain(
    _ schemas: [Int], _ keyword: String, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    guard attempts == 0 else { return false }
    let types = ValueTypes(tokens.kind(at: place))
    let likely = schemas.filter { schema in
      var node = nodes[schema]
      while let target = node.rules.target { node = nodes[target] }
      return !node.rules.isNever && node.rules.types.map { !$0.isDisjoint(with: types) } ?? true
    }
    if let only = likely.first, likely.count == 1 { return try check(only, place) }
    return try fail(node, keyword, place) { _ in
      "fits none of the \(Count.of(schemas.count, "schema")) of \"\(keyword)\""
    }
  }
}
