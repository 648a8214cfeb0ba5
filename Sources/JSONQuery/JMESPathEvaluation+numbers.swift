// What the functions of JMESPath do with numbers. Whole numbers stay exact as long as they fit into 64 bits.

import JSONCodec

extension JMESPathEvaluation {
  /// Exact for numbers of any size: their sign is part of their text.
  func absolute(_ number: JSON) -> JSON {
    guard let text = number.numberText, text.first == "-" else { return number }
    return .number(String(text.dropFirst()))
  }

  mutating func average(_ numbers: JSON) throws(QueryError) -> JSON {
    let count = numbers.count
    guard count > 0, let sum = try sum(numbers).doubleValue else { return .null }
    return JSON(sum / Double(count))
  }

  mutating func sum(_ numbers: JSON) throws(QueryError) -> JSON {
    var wholeSum: Int64? = 0
    var sum = 0.0
    for number in try budget.children(of: numbers) {
      try budget.read(number)
      sum += number.doubleValue ?? 0
      wholeSum = wholeSum.flatMap { whole in
        let (result, overflow) = whole.addingReportingOverflow(number.intValue ?? 0)
        return overflow || number.intValue == nil ? nil : result
      }
    }
    return wholeSum.map(JSON.int) ?? JSON(sum)
  }

  mutating func rounded(_ number: JSON, _ rule: FloatingPointRoundingRule) throws(QueryError) -> JSON {
    try budget.read(number)
    guard let value = number.doubleValue, value.rounded(rule) != value else { return number }
    return JSON(value.rounded(rule))
  }

  /// Null for what is neither a number nor the text of one.
  mutating func number(_ value: JSON) throws(QueryError) -> JSON {
    if value.kind == .number { return value }
    guard let text = try budget.string(value) else { return .null }
    let number = JSON.number(text)
    // What is no number is written in quotes.
    return number.text == text ? number : .null
  }
}

extension JSON {
  /// A result of arithmetic: a whole number if it is exactly one, null where it left a double's range.
  fileprivate init(_ value: Double) {
    if !value.isFinite {
      self = .null
    } else if let whole = Int(exactly: value), QueryLimits.wholeNumbers.contains(whole) {
      self = .int(Int64(whole))
    } else {
      self = .double(value)
    }
  }
}
