// Order numbers and amounts must arrive as they were sent: what a JSON number's text means, without losing a digit.
import CSimdjson

/// A number by what can hold it exactly enough: whole numbers never pass through a double.
enum JSONNumber: Equatable {
  case integer(Int64)
  case double(Double)
  /// Whole numbers outside Int64 and numbers outside a double's range.
  case large(String)

  init(text: String) {
    let isWhole = !text.utf8.contains { byte in
      byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
    if isWhole, let value = Int64(text) {
      self = .integer(value)
    } else if !isWhole, let value = Double(text), value.isFinite {
      self = .double(value)
    } else {
      self = .large(text)
    }
  }

  /// Doubles beyond 2⁵³ stand for many whole numbers at once, so none of them is exact.
  var int: Int64? {
    switch self {
    case .integer(let value): value
    case .double(let value): value.magnitude <= 9_007_199_254_740_992 ? Int64(exactly: value) : nil
    case .large: nil
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

  static func == (one: JSONNumber, other: JSONNumber) -> Bool {
    switch (one, other) {
    case (.integer(let one), .integer(let other)): one == other
    case (.double(let one), .double(let other)): one == other
    case (.integer(let integer), .double(let double)), (.double(let double), .integer(let integer)):
      Int64(exactly: double) == integer
    case (.large(let one), .large(let other)): one == other
    case (.large, _), (_, .large): false
    }
  }

  /// Whether a text may be written as a number.
  static func isValid(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { !$0.isEmpty && json_number_length($0.baseAddress, $0.count) == $0.count }
  }
}
