// The rules for arrays and objects, and for schemas that apply together.

import JSONCodec

extension SchemaCompiler {
  private mutating func indices(_ keyword: String, in keywords: Keywords) throws(JSONSchemaProblem) -> [Int] {
    var indices: [Int] = []
    for place in keywords.places(keyword) { indices.append(try index(of: place)) }
    return indices
  }

  mutating func arrayRules(_ keywords: Keywords) throws(JSONSchemaProblem) -> ArrayRules? {
    var rules = ArrayRules()
    let isList = keywords["items"]?.kind == .array
    if isList, keywords["prefixItems"] != nil {
      throw JSONSchemaProblem("must be one schema beside \"prefixItems\"", at: keywords.pointer("items"))
    }
    rules.first = try indices(isList ? "items" : "prefixItems", in: keywords)
    rules.restKeyword = isList ? "additionalItems" : "items"
    // Beside one schema for all, "additionalItems" means nothing.
    rules.rest = try indices(rules.restKeyword, in: keywords).first
    rules.contains = try indices("contains", in: keywords).first
    rules.minContains = keywords.count("minContains") ?? 1
    rules.maxContains = keywords.count("maxContains")
    rules.minItems = keywords.count("minItems")
    rules.maxItems = keywords.count("maxItems")
    rules.areUnique = keywords["uniqueItems"]?.boolValue == true
    let isEmpty =
      rules.first.isEmpty && rules.rest == nil && rules.contains == nil && rules.minItems == nil
      && rules.maxItems == nil && !rules.areUnique
    return isEmpty ? nil : rules
  }

  mutating func objectRules(_ keywords: Keywords) throws(JSONSchemaProblem) -> ObjectRules? {
    var rules = ObjectRules()
    let properties = keywords["properties"]?.members.map(\.key) ?? []
    let required = Self.names(keywords["required"])
    let dependencies = Self.dependencies.flatMap { keyword in
      (keywords[keyword]?.members ?? []).map { (keyword: keyword, name: $0.key, value: $0.value) }
    }
    rules.names = NameTable(
      properties + required + dependencies.flatMap { [$0.name] + Self.names($0.value) })
    let schemas = try indices("properties", in: keywords)
    rules.properties = Array(repeating: nil, count: rules.names.count)
    for (name, schema) in zip(properties, schemas) {
      if let slot = rules.names.slot(of: name) { rules.properties[slot] = schema }
    }
    rules.required = required.compactMap { rules.names.slot(of: $0) }
    for (keyword, name, value) in dependencies {
      guard let slot = rules.names.slot(of: name) else { continue }
      let pointer = "\(keywords.pointer(keyword))/\(JSONPointer.escaped(name))"
      let place = SchemaPlace(pointer: pointer, schema: value, base: keywords.place.base)
      rules.dependencies.append(
        ObjectRules.Dependency(
          keyword: keyword, slot: slot, required: Self.names(value).compactMap { rules.names.slot(of: $0) },
          schema: value.kind == .array ? nil : try index(of: place)))
    }
    let patterns = keywords["patternProperties"]?.members.map(\.key) ?? []
    for (text, place) in zip(patterns, keywords.places("patternProperties")) {
      let expression = try pattern(text, at: place.pointer)
      rules.patterns.append(ObjectRules.Pattern(expression: expression, schema: try index(of: place)))
    }
    rules.others = try indices("additionalProperties", in: keywords).first
    rules.nameSchema = try indices("propertyNames", in: keywords).first
    rules.minProperties = keywords.count("minProperties")
    rules.maxProperties = keywords.count("maxProperties")
    let isEmpty =
      rules.names.count == 0 && rules.patterns.isEmpty && rules.others == nil && rules.nameSchema == nil
      && rules.minProperties == nil && rules.maxProperties == nil
    return isEmpty ? nil : rules
  }

  private static let dependencies = ["dependencies", "dependentRequired", "dependentSchemas"]

  private static func names(_ value: JSON?) -> [String] {
    value?.kind == .array ? value?.elements.compactMap(\.stringValue) ?? [] : []
  }

  mutating func combinedRules(
    _ keywords: Keywords, references: [Int]
  ) throws(JSONSchemaProblem) -> CombinedRules? {
    var rules = CombinedRules(references: references)
    rules.all = try indices("allOf", in: keywords)
    rules.any = try indices("anyOf", in: keywords)
    rules.one = try indices("oneOf", in: keywords)
    rules.not = try indices("not", in: keywords).first
    rules.condition = try indices("if", in: keywords).first
    // Without "if" they mean nothing.
    if rules.condition != nil {
      rules.consequence = try indices("then", in: keywords).first
      rules.alternative = try indices("else", in: keywords).first
    }
    return rules.applied.isEmpty ? nil : rules
  }

  mutating func unevaluatedRules(_ keywords: Keywords) throws(JSONSchemaProblem) -> UnevaluatedRules? {
    var rules = UnevaluatedRules()
    rules.properties = try indices("unevaluatedProperties", in: keywords).first
    rules.items = try indices("unevaluatedItems", in: keywords).first
    rules.containsEvaluates = keywords.draft == .draft2020
    return rules.properties == nil && rules.items == nil ? nil : rules
  }
}

extension CombinedRules {
  var applied: [Int] {
    references + all + any + one + [not, condition, consequence, alternative].compactMap(\.self)
  }
}
