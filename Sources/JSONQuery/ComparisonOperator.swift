// How two values can be compared, in both languages.

import JSONCodec

enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case less = "<"
  case greater = ">"
}

extension JSON {
  /// Whether it comes before another number or, by code points, another string; nil if they have no order.
  func precedes(_ other: JSON) -> Bool? {
    if let one = stringValue, let other = other.stringValue { return one.utf8.lexicographicallyPrecedes(other.utf8) }
    guard let one = number, let other = other.number else { return nil }
    return one < other
  }
}
