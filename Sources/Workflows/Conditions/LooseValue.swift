// Equality and order of values as webhook senders use them: `"5"` and 5 are the same, "true" and true too.

import JSONCodec

enum LooseValue {
  enum Order { case below, same, above, none }

  /// Null equals what is missing; numbers compare by value, also with text that reads as a number; booleans only with
  /// booleans and the words "true" and "false"; arrays and objects member by member.
  static func equal(_ left: JSON?, _ right: JSON?) -> Bool {
    let left = left ?? .null
    let right = right ?? .null
    switch (left.kind, right.kind) {
    case (.null, .null): return true
    case (.string, .string): return sameScalars(left.stringValue ?? "", right.stringValue ?? "")
    case (.number, .number), (.number, .string), (.string, .number): return order(left, right) == .same
    case (.bool, .bool): return left.boolValue == right.boolValue
    case (.bool, .string): return right.stringValue == (left.boolValue == true ? "true" : "false")
    case (.string, .bool): return equal(right, left)
    case (.array, .array), (.object, .object): return left == right
    default: return false
    }
  }

  /// Numbers by value, text by Unicode scalars (so dates of RFC 3339 in one zone order right), a number and text by
  /// value when the text reads as a number; nothing else has an order.
  static func order(_ left: JSON?, _ right: JSON?) -> Order {
    guard let left, let right else { return .none }
    switch (left.kind, right.kind) {
    case (.number, .number), (.number, .string), (.string, .number): return numberOrder(left, right)
    case (.string, .string):
      // UTF-8 keeps the order of Unicode scalars.
      let first = left.stringValue ?? ""
      let second = right.stringValue ?? ""
      if sameScalars(first, second) { return .same }
      return first.utf8.lexicographicallyPrecedes(second.utf8) ? .below : .above
    default: return .none
    }
  }

  /// Text of a single value; nil for null, arrays and objects.
  static func text(_ value: JSON?) -> String? {
    guard let value else { return nil }
    switch value.kind {
    case .string: return value.stringValue
    case .number, .bool: return value.text
    case .null, .array, .object: return nil
    }
  }

  private static func sameScalars(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  private static func numberOrder(_ left: JSON, _ right: JSON) -> Order {
    guard let first = number(left), let second = number(right) else { return .none }
    return first == second ? .same : first < second ? .below : .above
  }

  /// A number, or text that reads as one, blanks around it allowed.
  private static func number(_ value: JSON) -> JSONNumber? {
    guard let string = value.stringValue else { return value.number }
    var digits = Substring(string).utf8.drop(while: isBlank)
    while let last = digits.last, isBlank(last) { digits.removeLast() }
    let text = String(Substring(digits))
    return JSONNumber.isValid(text) ? JSONNumber(text: text) : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
