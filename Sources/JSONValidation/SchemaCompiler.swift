// Makes rules of keywords. References become places in the list of nodes, so schemas may refer to each other freely.

import JSONCodec
import Patterns

struct SchemaCompiler {
  let places: SchemaPlaces
  private var nodes: [SchemaNode?] = []
  private var indices: [String: Int] = [:]
  private var waiting: [(index: Int, place: SchemaPlace)] = []
  private var patterns: [String: CompiledPattern] = [:]

  init(places: SchemaPlaces) {
    self.places = places
  }

  /// The first node is the schema that values are checked against.
  mutating func compile() throws(JSONSchemaProblem) -> [SchemaNode] {
    _ = try index(of: places.start)
    while let (index, place) = waiting.popLast() {
      nodes[index] = SchemaNode(pointer: place.pointer, rules: try rules(of: place))
    }
    let compiled = nodes.compactMap(\.self)
    try SchemaCycles.refuse(in: compiled)
    return compiled
  }

  /// A list instead of recursion: references can form chains of any length.
  mutating func index(of place: SchemaPlace) throws(JSONSchemaProblem) -> Int {
    if let known = indices[place.pointer] { return known }
    guard nodes.count < places.limits.schemas else {
      throw JSONSchemaProblem("the schema has more than \(places.limits.schemas) schemas in it", at: place.pointer)
    }
    if !places.isKnown(place) {
      // Something refers to what is no schema by its keyword.
      var forms = SchemaForms(limits: places.limits)
      try forms.check(place.schema, at: place.pointer)
      try places.dialect.check(forms.styles)
    }
    indices[place.pointer] = nodes.count
    waiting.append((nodes.count, place))
    nodes.append(nil)
    return nodes.count - 1
  }

  private mutating func rules(of place: SchemaPlace) throws(JSONSchemaProblem) -> SchemaRules {
    var rules = SchemaRules()
    if let isAnything = place.schema.boolValue {
      rules.isNever = !isAnything
      return rules
    }
    let keywords = Keywords(place, dialect: places.dialect)
    var references: [Int] = []
    for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
      guard let reference = keywords[keyword]?.stringValue else { continue }
      if let index = try index(of: reference, keyword, in: keywords) {
        references.append(index)
      } else {
        rules.isDraftsOwnSchema = true
      }
    }
    if places.dialect.refStandsAlone, place.schema["$ref"] != nil {
      rules.target = references.first
      return rules
    }
    rules.types = Self.types(keywords["type"])
    rules.values = try ValueRules(keywords).map(Shared.init)
    rules.numbers = try NumberRules(keywords).map(Shared.init)
    rules.texts = try textRules(keywords).map(Shared.init)
    rules.arrays = try arrayRules(keywords).map(Shared.init)
    rules.objects = try objectRules(keywords).map(Shared.init)
    rules.unevaluated = try unevaluatedRules(keywords).map(Shared.init)
    let combined = try combinedRules(keywords, references: references)
    if let only = references.first, references.count == 1, rules.isReferenceOnly, combined?.isReferenceOnly == true {
      rules.target = only
    } else {
      rules.combined = combined.map(Shared.init)
    }
    return rules
  }

  /// Nil for a draft's own schema.
  private mutating func index(
    of reference: String, _ keyword: String, in keywords: Keywords
  ) throws(JSONSchemaProblem) -> Int? {
    let pointer = keywords.pointer(keyword)
    guard keyword == "$ref" || !places.isOpen(reference, keyword: keyword) else {
      throw JSONSchemaProblem("what it means is open, as several schemas have its anchor: use \"$ref\"", at: pointer)
    }
    switch try places.target(of: reference, from: keywords.place, at: pointer) {
    case .place(let place): return try index(of: place)
    case .draft: return nil
    }
  }

  private static func types(_ value: JSON?) -> ValueTypes? {
    guard let value else { return nil }
    let names = value.kind == .array ? value.elements : [value]
    return ValueTypes(names.compactMap { $0.stringValue.flatMap(ValueTypes.init(name:)) })
  }

  /// Compiled once for each text.
  mutating func pattern(_ text: String, at pointer: String) throws(JSONSchemaProblem) -> CompiledPattern {
    if let known = patterns[text] { return known }
    guard patterns.count < places.limits.patterns else {
      throw JSONSchemaProblem("the schema has more than \(places.limits.patterns) patterns", at: pointer)
    }
    do throws(PatternProblem) {
      let pattern = try PatternTranslation.compile(text)
      patterns[text] = pattern
      return pattern
    } catch {
      throw JSONSchemaProblem("the pattern \(Shown.pattern(text)) \(error.message)", at: pointer)
    }
  }
}

/// The keywords of one schema that count in its draft.
struct Keywords {
  let place: SchemaPlace
  private let dialect: SchemaDialect

  init(_ place: SchemaPlace, dialect: SchemaDialect) {
    (self.place, self.dialect) = (place, dialect)
  }

  var draft: JSONSchemaDraft { dialect.draft }

  subscript(keyword: String) -> JSON? { dialect.knows(keyword) ? place.schema[keyword] : nil }

  func pointer(_ keyword: String) -> String { "\(place.pointer)/\(keyword)" }

  func count(_ keyword: String) -> Int? { self[keyword].flatMap { ExactNumber($0) }?.count }

  /// The schemas of a keyword.
  func places(_ keyword: String) -> [SchemaPlace] {
    guard let value = self[keyword], let form = KeywordForm.all[keyword] else { return [] }
    return form.schemas(in: value).map { inner, schema in
      SchemaPlace(pointer: pointer(keyword) + inner, schema: schema, base: place.base)
    }
  }
}

extension SchemaRules {
  /// Whether there is nothing beside a reference.
  fileprivate var isReferenceOnly: Bool {
    types == nil && values == nil && numbers == nil && texts == nil && arrays == nil && objects == nil
      && unevaluated == nil && !isDraftsOwnSchema
  }
}

extension CombinedRules {
  fileprivate var isReferenceOnly: Bool { all.isEmpty && any.isEmpty && one.isEmpty && not == nil && condition == nil }
}
