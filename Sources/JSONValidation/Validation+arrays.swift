// Checks of arrays and what is in them.

import JSONCodec

extension Validation {
  mutating func checkArray(
    _ shared: Shared<ArrayRules>, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    let count = tokens.childCount(at: place)
    var isValid = try checkItemCount(shared.rules, count, node, place)
    if !isValid, attempts > 0 { return false }
    if !shared.rules.first.isEmpty || shared.rules.rest != nil {
      isValid = try checkItems(shared, node, place) && isValid
      if !isValid, attempts > 0 { return false }
    }
    if let schema = shared.rules.contains {
      isValid = try checkContains(schema, shared.rules, node, place) && isValid
    }
    if shared.rules.areUnique, count > 1 {
      isValid = try checkUnique(node, place) && isValid
    }
    return isValid
  }

  private mutating func checkItemCount(
    _ rules: ArrayRules, _ count: Int, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    if let least = rules.minItems, count < least {
      return try fail(node, "minItems", place) { _ in
        "must have at least \(Count.of(least, "element")), not \(count)"
      }
    }
    if let most = rules.maxItems, count > most {
      return try fail(node, "maxItems", place) { _ in
        "must have at most \(Count.of(most, "element")), not \(count)"
      }
    }
    return true
  }

  private mutating func checkItems(
    _ shared: Shared<ArrayRules>, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    var isValid = true
    var position = 0
    let end = tokens.next(after: place)
    var element = place + 1
    while element < end {
      let schema = position < shared.rules.first.count ? shared.rules.first[position] : shared.rules.rest
      guard let schema else { break }
      if position >= shared.rules.first.count, nodes[schema].rules.isNever {
        isValid = try fail(node, shared.rules.restKeyword, element) { _ in
          "is not allowed: there may be \(Count.of(shared.rules.first.count, "element"))"
        }
      } else {
        isValid = try check(schema, element) && isValid
      }
      if !isValid, attempts > 0 { return false }
      evaluations.forLast(of: place) { $0.children.insert(element) }
      element = tokens.next(after: element)
      position += 1
    }
    return isValid
  }

  private mutating func checkContains(
    _ schema: Int, _ rules: ArrayRules, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    let isEvaluated = evaluations.last?.place == place && evaluations.last?.containsEvaluates == true
    var count = 0
    try spend(listing: place)
    for element in tokens.children(of: place) {
      guard try attempt(schema, element) else { continue }
      count += 1
      if isEvaluated { evaluations.forLast(of: place) { $0.children.insert(element) } }
      if !isEvaluated, count >= rules.minContains, rules.maxContains.map({ count > $0 }) ?? true { break }
    }
    if count < rules.minContains {
      return try fail(node, rules.minContains == 1 ? "contains" : "minContains", place) { _ in
        "must have at least \(Count.of(rules.minContains, "element")) as \"contains\" asks for, not \(count)"
      }
    }
    if let most = rules.maxContains, count > most {
      return try fail(node, "maxContains", place) { _ in
        "must have at most \(Count.of(most, "element")) as \"contains\" asks for"
      }
    }
    return true
  }

  /// By their hashes, whose seed no sender knows.
  private mutating func checkUnique(_ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    try spend(listing: place)
    var seen: [ExactValue: Int] = [:]
    for (position, element) in tokens.children(of: place).enumerated() {
      let value = try exactValue(at: element)
      guard let other = seen.updateValue(position, forKey: value) else { continue }
      return try fail(node, "uniqueItems", place) { _ in "has the same element at \(other) and \(position)" }
    }
    return true
  }
}
