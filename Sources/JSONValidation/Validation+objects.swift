// Checks of objects: one walk over the members does everything that their names decide.

import JSONCodec

extension Validation {
  mutating func checkObject(
    _ shared: Shared<ObjectRules>, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    var isValid = try checkMemberCount(shared.rules, node, place)
    if !isValid, attempts > 0 { return false }
    try spend(shared.rules.names.count / JSONSchemaLimits.childrenPerStep)
    var seen = SlotSet(count: shared.rules.names.count)
    var key = place + 1
    let end = tokens.next(after: place)
    while key < end {
      try spend()
      isValid = try checkMember(shared, node, place, key, &seen) && isValid
      if !isValid, attempts > 0 { return false }
      key = tokens.next(after: key + 1)
    }
    for slot in shared.rules.required where !seen.contains(slot) {
      isValid = try fail(node, "required", place) { _ in "\(shared.rules.names.shown(slot)) is missing" }
    }
    if !isValid, attempts > 0 { return false }
    if !shared.rules.dependencies.isEmpty {
      isValid = try checkDependencies(shared.rules, seen, node, place) && isValid
    }
    return isValid
  }

  private mutating func checkMember(
    _ shared: Shared<ObjectRules>, _ node: SchemaNode, _ object: Int, _ key: Int, _ seen: inout SlotSet
  ) throws(Stop) -> Bool {
    var isValid = true
    var isNamed = false
    if shared.rules.names.count > 0, let slot = withText(at: key, { shared.rules.names.slot(of: $0) }) {
      seen.insert(slot)
      if let schema = shared.rules.properties[slot] {
        isNamed = true
        isValid = try check(schema, key + 1)
      }
    }
    for pattern in shared.rules.patterns where try matches(pattern.expression, key) {
      isNamed = true
      isValid = try check(pattern.schema, key + 1) && isValid
    }
    if !isNamed, let others = shared.rules.others {
      isNamed = true
      if nodes[others].rules.isNever {
        isValid = try fail(node, "additionalProperties", key + 1) {
          "is not allowed: \($0.shown(key: key)) is no name that the schema knows"
        }
      } else {
        isValid = try check(others, key + 1) && isValid
      }
    }
    if isNamed { evaluations.forLast(of: object) { $0.children.insert(key) } }
    if let names = shared.rules.nameSchema, try !attempt(names, key) {
      isValid = try fail(node, "propertyNames", object) { "the name \($0.shown(key: key)) is not allowed" }
    }
    return isValid
  }

  private mutating func checkMemberCount(
    _ rules: ObjectRules, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    guard rules.minProperties != nil || rules.maxProperties != nil else { return true }
    var count = tokens.childCount(at: place)
    // Repeated keys make one member.
    if count > 1, count >= rules.minProperties ?? 0 {
      try spend(count)
      try spend(reading: place)
      count = Set(tokens.children(of: place).map { tokens.text(at: $0) }).count
    }
    if let least = rules.minProperties, count < least {
      return try fail(node, "minProperties", place) { _ in
        "must have at least \(Count.of(least, "member")), not \(count)"
      }
    }
    if let most = rules.maxProperties, count > most {
      return try fail(node, "maxProperties", place) { _ in
        "must have at most \(Count.of(most, "member")), not \(count)"
      }
    }
    return true
  }

  private mutating func checkDependencies(
    _ rules: ObjectRules, _ seen: SlotSet, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    var isValid = true
    for dependency in rules.dependencies where seen.contains(dependency.slot) {
      try spend(1 + dependency.required.count)
      for slot in dependency.required where !seen.contains(slot) {
        isValid = try fail(node, dependency.keyword, place) { _ in
          "\(rules.names.shown(slot)) is missing, which \(rules.names.shown(dependency.slot)) needs beside it"
        }
      }
      if let schema = dependency.schema { isValid = try check(schema, place) && isValid }
      if !isValid, attempts > 0 { return false }
    }
    return isValid
  }
}
