// Order numbers and amounts must arrive as they were sent: what a JSON number's text means, without losing a digit.
import CSimdjson

/// A number by what can hold it without rounding.
package enum JSONNumber: Comparable {
  case integer(Int64)
  /// One with so few digits that no other such number has the same double, or a result of arithmetic.
  case double(Double)
  /// All others as they are written.
  case large(String)

  package init(text: String) {
    let isWhole = !text.utf8.contains { byte in
      byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
    if isWhole, let value = Int64(text) {
      self = .integer(value)
    } else if !isWhole, Self.hasFewDigits(text), let value = Double(text), value.isNormal {
      self = .double(value)
    } else {
      self = .large(text)
    }
  }

  /// A double tells all numbers of 15 digits apart.
  private static func hasFewDigits(_ text: String) -> Bool {
    text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }.count <= 15
  }

  /// Up to here each whole number has a double of its own: 2⁵³.
  private static let lastOwnDouble: UInt64 = 9_007_199_254_740_992

  /// Beyond 2⁵³ a double stands for what it is written as.
  var int: Int64? {
    switch self {
    case .integer(let value): value
    case .double(let value) where value.magnitude <= Double(Self.lastOwnDouble): Int64(exactly: value)
    case .double, .large: exact?.int
    }
  }

  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    case .large(let text): Double(text)
    }
  }

  var json: JSON {
    switch self {
    case .integer(let value): .int(value)
    case .double(let value): .double(value)
    case .large(let text): .number(text)
    }
  }

  /// The digits as they are written; nil for what is no JSON number.
  private var exact: ExactNumber? {
    let text = json.text
    return Self.isValid(text) ? ExactNumber(Array(text.utf8).span) : nil
  }

  /// Compares with others of its kind as the number itself does.
  private var ownDouble: Double? {
    switch self {
    case .integer(let value): value.magnitude <= Self.lastOwnDouble ? Double(value) : nil
    case .double(let value): value
    case .large: nil
    }
  }

  package static func == (one: JSONNumber, other: JSONNumber) -> Bool {
    switch (one, other) {
    case (.integer(let one), .integer(let other)): return one == other
    case (.large(let one), .large(let other)) where one == other: return true
    default: break
    }
    if let one = one.ownDouble, let other = other.ownDouble { return one == other }
    guard let one = one.exact, let other = other.exact else { return false }
    return one == other
  }

  package static func < (one: JSONNumber, other: JSONNumber) -> Bool {
    if case .integer(let one) = one, case .integer(let other) = other { return one < other }
    if let one = one.ownDouble, let other = other.ownDouble { return one < other }
    guard let one = one.exact, let other = other.exact else { return false }
    return one < other
  }

  /// Whether a text may be written as a number.
  package static func isValid(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { !$0.isEmpty && json_number_length($0.baseAddress, $0.count) == $0.count }
  }
}
