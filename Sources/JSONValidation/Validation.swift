// One check of one value. It walks value and schema together and stops at whatever bound comes first.

import JSONCodec

struct Validation {
  /// What ends a check early.
  enum Stop: Error {
    case enoughFailures
    case tooMuchWork
    case nestedTooDeep(place: Int, schema: String)
  }

  struct Failure {
    let place: Int
    let schemaPointer: String
    let message: String
  }

  let nodes: [SchemaNode]
  let tokens: JSONTokens
  let bytes: [UInt8]
  let limits: JSONSchemaLimits
  private let mostSteps: Int
  private let mostFailures: Int
  private var remainingSteps: Int
  private var nesting = 0
  private var found: [Failure] = []
  /// Above 0 while only the outcome counts: inside `anyOf`, `not` and their like.
  var attempts = 0
  /// For each schema that asks what its parts have evaluated, from the outside.
  var evaluations: [Evaluation] = []

  init(of tokens: JSONTokens, by nodes: [SchemaNode], limits: JSONSchemaLimits, mostFailures: Int) {
    (self.tokens, self.nodes, self.limits, self.mostFailures) = (tokens, nodes, limits, mostFailures)
    bytes = tokens.bytes
    let bodySteps = tokens.count.multipliedReportingOverflow(by: limits.stepsPerToken)
    let steps = limits.steps.addingReportingOverflow(bodySteps.partialValue)
    mostSteps = bodySteps.overflow || steps.overflow ? .max : steps.partialValue
    remainingSteps = mostSteps
  }

  mutating func failures() -> [SchemaFailure] {
    do throws(Stop) {
      _ = try check(0, tokens.root)
    } catch {
      switch error {
      case .enoughFailures: break
      case .tooMuchWork:
        add(Failure(place: tokens.root, schemaPointer: "", message: "takes more than \(mostSteps) steps to check"))
      case .nestedTooDeep(let place, let schema):
        let message = "cannot be checked: \(limits.nesting) schemas inside each other apply here"
        add(Failure(place: place, schemaPointer: schema, message: message))
      }
    }
    return found.map {
      SchemaFailure(
        instancePointer: tokens.pointer(to: $0.place), schemaPointer: $0.schemaPointer, message: $0.message)
    }
  }

  /// A check that was cut short has failed, whatever it has found so far.
  private mutating func add(_ failure: Failure) {
    if found.count >= mostFailures { found.removeLast() }
    found.append(failure)
  }

  mutating func spend(_ steps: Int = 1) throws(Stop) {
    remainingSteps -= steps
    if remainingSteps < 0 { throw .tooMuchWork }
  }

  /// Pays for a list of all that is directly inside a value.
  mutating func spend(listing place: Int) throws(Stop) {
    try spend(tokens.childCount(at: place) / JSONSchemaLimits.childrenPerStep)
  }

  /// Pays for reading a token's text.
  mutating func spend(reading place: Int) throws(Stop) {
    try spend(tokens.range(at: place).count / JSONSchemaLimits.bytesPerStep)
  }

  /// Gives false, so that a rule can end with it. The message is only made if someone will read it.
  mutating func fail(
    _ node: SchemaNode, _ keyword: String, _ place: Int, _ message: (JSONTokens) -> String
  ) throws(Stop) -> Bool {
    guard attempts == 0 else { return false }
    found.append(
      Failure(
        place: place, schemaPointer: keyword.isEmpty ? node.pointer : "\(node.pointer)/\(keyword)",
        message: message(tokens)))
    if found.count >= mostFailures { throw .enoughFailures }
    return false
  }

  /// Whether a value fits a schema. Where failures are collected, it goes on after the first.
  mutating func check(_ schema: Int, _ place: Int) throws(Stop) -> Bool {
    try spend()
    var node = nodes[schema]
    while let target = node.rules.target { node = nodes[target] }
    guard nesting < limits.nesting else { throw .nestedTooDeep(place: place, schema: node.pointer) }
    nesting += 1
    defer { nesting -= 1 }
    if node.rules.isNever { return try fail(node, "", place) { _ in "is not allowed" } }
    guard let unevaluated = node.rules.unevaluated?.rules else { return try apply(node, place) }
    evaluations.append(Evaluation(place: place, containsEvaluates: unevaluated.containsEvaluates))
    var isValid = try apply(node, place)
    if isValid { isValid = try checkUnevaluated(unevaluated, node, place) }
    let evaluation = evaluations.removeLast()
    if isValid { evaluations.forLast(of: place) { $0.formUnion(evaluation) } }
    return isValid
  }

  private mutating func apply(_ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    let kind = tokens.kind(at: place)
    if let types = node.rules.types, !isOf(types, kind, place) {
      return try fail(node, "type", place) { "must be \(types.description), not \($0.shown(place))" }
    }
    var isValid = true
    if let values = node.rules.values { isValid = try checkValue(values, node, place, kind) }
    switch kind {
    case .number: if let rules = node.rules.numbers { isValid = try checkNumber(rules, node, place) && isValid }
    case .string: if let rules = node.rules.texts { isValid = try checkText(rules, node, place) && isValid }
    case .array: if let rules = node.rules.arrays { isValid = try checkArray(rules, node, place) && isValid }
    case .object: if let rules = node.rules.objects { isValid = try checkObject(rules, node, place) && isValid }
    case .null, .bool: break
    }
    if !isValid, attempts > 0 { return false }
    if let combined = node.rules.combined { isValid = try checkCombined(combined, node, place) && isValid }
    if node.rules.isDraftsOwnSchema { isValid = try checkDraftsOwnSchema(node, place) && isValid }
    return isValid
  }

  private func isOf(_ types: ValueTypes, _ kind: JSON.Kind, _ place: Int) -> Bool {
    if kind != .number || types.contains(.number) { return !types.isDisjoint(with: ValueTypes(kind)) }
    guard types.contains(.integer) else { return false }
    return isWhole(place)
  }
}
