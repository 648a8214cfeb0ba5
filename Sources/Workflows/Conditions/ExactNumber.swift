// A decimal number of any size, compared digit by digit, so that no comparison rounds.

import JSONCodec

struct ExactNumber: Comparable {
  private var isNegative = false
  /// Without leading and trailing zeros; empty for zero.
  private var digits: [UInt8] = []
  /// The value is 0.digits × 10^magnitude.
  private var magnitude = 0

  /// A number, or text that reads as one.
  init?(_ value: JSON) {
    switch value.kind {
    case .number: self.init(value.numberText ?? "")
    case .string: self.init(value.stringValue ?? "")
    default: return nil
    }
  }

  /// The number grammar of JSON, blanks around it allowed.
  init?(_ text: String) {
    var rest = text.utf8[...]
    while let first = rest.first, Self.isBlank(first) { rest.removeFirst() }
    while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
    if rest.first == UInt8(ascii: "-") {
      isNegative = true
      rest.removeFirst()
    }
    let whole = rest.prefix { (48...57).contains($0) }
    rest = rest.dropFirst(whole.count)
    guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = rest.prefix { (48...57).contains($0) }
      rest = rest.dropFirst(fraction.count)
      guard !fraction.isEmpty else { return nil }
    }
    guard let exponent = Self.exponent(&rest), rest.isEmpty else { return nil }
    normalize(Array(whole) + Array(fraction), magnitude: whole.count + exponent)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func exponent(_ rest: inout Substring.UTF8View) -> Int? {
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return 0 }
    rest.removeFirst()
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let power = rest.prefix { (48...57).contains($0) }
    rest = rest.dropFirst(power.count)
    guard !power.isEmpty else { return nil }
    // Beyond a billion all powers are alike: no number of digits that fits a webhook makes up for it.
    let value = Int(String(decoding: power, as: UTF8.self)).map { min($0, 1_000_000_000) } ?? 1_000_000_000
    return isNegative ? -value : value
  }

  private mutating func normalize(_ all: [UInt8], magnitude: Int) {
    let zeros = all.prefix { $0 == UInt8(ascii: "0") }.count
    digits = Array(all.dropFirst(zeros))
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    self.magnitude = digits.isEmpty ? 0 : magnitude - zeros
    if digits.isEmpty { isNegative = false }
  }

  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  private func isSmaller(than other: ExactNumber) -> Bool {
    guard !digits.isEmpty, !other.digits.isEmpty else { return digits.isEmpty && !other.digits.isEmpty }
    if magnitude != other.magnitude { return magnitude < other.magnitude }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
