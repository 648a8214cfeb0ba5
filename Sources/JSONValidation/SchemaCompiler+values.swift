// The rules for single values: numbers, texts, and what is listed.

import JSONCodec

extension ValueRules {
  /// Of `const` and `enum` together, what both allow.
  init?(_ keywords: Keywords) throws(JSONSchemaProblem) {
    guard let keyword = ["const", "enum"].first(where: { keywords[$0] != nil }), let value = keywords[keyword] else {
      return nil
    }
    var allowed = keyword == "const" ? [value] : value.elements
    if keyword == "const", let list = keywords["enum"] {
      let isListed = try list.elements.map(keywords.exact).contains(try keywords.exact(value))
      if !isListed { allowed = [] }
    }
    self.keyword = keyword
    texts = NameTable(allowed.compactMap(\.stringValue))
    others = try Set(allowed.filter { $0.kind != .string }.map(keywords.exact))
    shown = Self.shown(allowed)
  }

  private static let mostShown = 5

  private static func shown(_ allowed: [JSON]) -> String {
    let values = allowed.prefix(mostShown).map(Shown.value) + (allowed.count > mostShown ? ["…"] : [])
    return (allowed.count == 1 ? "must be " : "must be one of ") + values.joined(separator: ", ")
  }
}

extension Keywords {
  func exact(_ value: JSON) throws(JSONSchemaProblem) -> ExactValue {
    do throws(JSONError) {
      let tokens = try JSONTokens(value)
      return ExactValue(tokens, at: tokens.root)
    } catch {
      throw JSONSchemaProblem(error.message, at: place.pointer)
    }
  }
}

extension NumberRules {
  init?(_ keywords: Keywords) throws(JSONSchemaProblem) {
    for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
      guard let value = keywords[keyword], let number = ExactNumber(value) else { continue }
      bounds.append(
        Bound(
          keyword: keyword, number: number, whole: value.numberText.flatMap { Int64($0) },
          isLower: keyword.hasSuffix("inimum"), isExclusive: keyword.hasPrefix("exclusive"),
          shown: Shown.value(value)))
    }
    if let value = keywords["multipleOf"], let number = ExactNumber(value) {
      guard let divisor = Divisor(number) else {
        throw JSONSchemaProblem(
          "has more than \(Divisor.mostDigits) digits", at: keywords.pointer("multipleOf"))
      }
      self.divisor = divisor
      shownDivisor = Shown.value(value)
    }
    if bounds.isEmpty, divisor == nil { return nil }
  }
}

extension SchemaCompiler {
  mutating func textRules(_ keywords: Keywords) throws(JSONSchemaProblem) -> TextRules? {
    var rules = TextRules(minLength: keywords.count("minLength"), maxLength: keywords.count("maxLength"))
    if let text = keywords["pattern"]?.stringValue {
      rules.pattern = try pattern(text, at: keywords.pointer("pattern"))
      rules.shownPattern = Shown.pattern(text)
    }
    rules.format = keywords["format"]?.stringValue.flatMap { TextFormat(rawValue: $0) }
    let isEmpty = rules.minLength == nil && rules.maxLength == nil && rules.pattern == nil && rules.format == nil
    return isEmpty ? nil : rules
  }
}
