// Checks of single values. Most numbers are short and whole, most texts free of escapes: those cost no allocation.

import JSONCodec
import Patterns

extension Validation {
  mutating func checkValue(
    _ shared: Shared<ValueRules>, _ node: SchemaNode, _ place: Int, _ kind: JSON.Kind
  ) throws(Stop) -> Bool {
    let isAllowed: Bool
    if kind == .string {
      try spend(reading: place)
      isAllowed = withText(at: place) { shared.rules.texts.slot(of: $0) != nil }
    } else if shared.rules.others.isEmpty {
      isAllowed = false
    } else {
      isAllowed = shared.rules.others.contains(try exactValue(at: place))
    }
    if isAllowed { return true }
    return try fail(node, shared.rules.keyword, place) { "\(shared.rules.shown), not \($0.shown(place))" }
  }

  /// Pays for all that is inside: making a value of it costs more than a look at it.
  mutating func exactValue(at place: Int) throws(Stop) -> ExactValue {
    try spend((tokens.next(after: place) - place) * 4)
    try spend(reading: place)
    return ExactValue(tokens, at: place)
  }

  mutating func checkNumber(
    _ shared: Shared<NumberRules>, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    try spend(reading: place)
    var isValid = true
    for index in shared.rules.bounds.indices where !isInside(shared.rules.bounds, index, place) {
      let bound = shared.rules.bounds[index]
      isValid = try fail(node, bound.keyword, place) {
        "must be \(bound.comparison) \(bound.shown), not \($0.shown(place))"
      }
    }
    if let divisor = shared.rules.divisor, !divisor.divides(exactNumber(at: place)) {
      isValid = try fail(node, "multipleOf", place) {
        "must be a multiple of \(shared.rules.shownDivisor), not \($0.shown(place))"
      }
    }
    return isValid
  }

  private func isInside(_ bounds: [NumberRules.Bound], _ index: Int, _ place: Int) -> Bool {
    let (isLower, isExclusive) = (bounds[index].isLower, bounds[index].isExclusive)
    if let limit = bounds[index].whole, let number = whole(at: place) {
      return number == limit ? !isExclusive : (number > limit) == isLower
    }
    let (limit, number) = (bounds[index].number, exactNumber(at: place))
    return number == limit ? !isExclusive : (limit < number) == isLower
  }

  private func exactNumber(at place: Int) -> ExactNumber {
    ExactNumber(bytes.span.extracting(tokens.range(at: place)))
  }

  /// A number that is written with up to 18 digits and nothing else.
  private func whole(at place: Int) -> Int64? {
    let text = bytes.span.extracting(tokens.range(at: place))
    guard text.count <= 18 else { return nil }
    var value: Int64 = 0
    let isNegative = text[0] == UInt8(ascii: "-")
    for index in (isNegative ? 1 : 0)..<text.count {
      guard text[index].isDigit else { return nil }
      value = value * 10 + Int64(text[index] - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }

  /// Whether a number is whole, as `1.0` and `1e3` are.
  func isWhole(_ place: Int) -> Bool {
    whole(at: place) != nil || exactNumber(at: place).isWhole
  }

  mutating func checkText(_ shared: Shared<TextRules>, _ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    try spend(reading: place)
    var isValid = true
    if shared.rules.minLength != nil || shared.rules.maxLength != nil {
      isValid = try checkLength(shared.rules.minLength, shared.rules.maxLength, node, place)
    }
    if let pattern = shared.rules.pattern, try !matches(pattern, place) {
      isValid = try fail(node, "pattern", place) {
        "must match the pattern \(shared.rules.shownPattern), not \($0.shown(place))"
      }
    }
    if shared.rules.format == .regex {
      // Reading a pattern takes as long as a step for each of its characters.
      try spend(tokens.range(at: place).count)
    }
    if let format = shared.rules.format, !withText(at: place, { format.accepts($0) }) {
      isValid = try fail(node, "format", place) { "must be \(format.description), not \($0.shown(place))" }
    }
    return isValid
  }

  private mutating func checkLength(
    _ minLength: Int?, _ maxLength: Int?, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    let length = withText(at: place) { text in
      var length = 0
      for index in text.indices where text[index] & 0xC0 != 0x80 { length += 1 }
      return length
    }
    if let least = minLength, length < least {
      return try fail(node, "minLength", place) { _ in
        "must have at least \(Count.of(least, "character")), not \(length)"
      }
    }
    if let most = maxLength, length > most {
      return try fail(node, "maxLength", place) { _ in
        "must have at most \(Count.of(most, "character")), not \(length)"
      }
    }
    return true
  }

  /// Pays for each instruction's look at each byte.
  mutating func matches(_ pattern: CompiledPattern, _ place: Int) throws(Stop) -> Bool {
    try spend(1 + tokens.range(at: place).count * pattern.size / JSONSchemaLimits.matchingPerStep)
    return withText(at: place) { pattern.matchesPart(of: $0) }
  }

  /// The bytes of a string or key, without quotes and escapes.
  func withText<Result>(at place: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    let token = tokens[place]
    if token.isEscaped { return body(tokens.text(at: place).span) }
    return body(bytes.span.extracting(Int(token.start) + 1..<Int(token.end) - 1))
  }

  mutating func checkDraftsOwnSchema(_ node: SchemaNode, _ place: Int) throws(Stop) -> Bool {
    // Looking at members by name costs more than walking past them.
    try spend((tokens.next(after: place) - place) * 10)
    do throws(JSONSchemaProblem) {
      var forms = SchemaForms(limits: limits)
      try forms.check(tokens.value(at: place))
      return true
    } catch {
      return try fail(node, "$ref", place) { _ in "is no schema: \(Shown.line(error.description))" }
    }
  }
}

/// "1 element", "2 elements".
enum Count {
  static func of(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
