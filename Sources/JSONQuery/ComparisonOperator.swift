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
    guard let one = doubleValue, let two = other.doubleValue else { return nil }
    // Whole numbers beyond 2⁵³ would be rounded.
    if let one = intValue, let two = other.intValue { return one < two }
    return one < two
  }
}
