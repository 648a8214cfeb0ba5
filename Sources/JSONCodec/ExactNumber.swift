// Numbers as their digits: order numbers of 20 digits and prices such as 0.1 are compared as they are written.

/// Equal numbers have equal digits and exponents, however they are written.
package struct ExactNumber: Hashable, Comparable, Sendable {
  package let isNegative: Bool
  /// 0 to 9, without zeros at either end; none for zero.
  package let digits: [UInt8]
  /// The power of ten that the digits, read as a whole number, are multiplied with.
  package let exponent: Int

  /// Beyond it, exponents count as one.
  private static let largestExponent = 1_000_000_000_000_000

  /// The text is a JSON number.
  package init(_ text: Span<UInt8>) {
    var digits: [UInt8] = []
    var exponent = 0
    var isFraction = false
    var index = 0
    digits.reserveCapacity(text.count)
    while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
      let byte = text[index]
      if byte == UInt8(ascii: ".") { isFraction = true }
      if Self.isDigit(byte) {
        if isFraction { exponent -= 1 }
        if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte - UInt8(ascii: "0")) }
      }
      index += 1
    }
    exponent += Self.exponent(text, from: index + 1)
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    isNegative = !digits.isEmpty && text[0] == UInt8(ascii: "-")
    self.exponent = digits.isEmpty ? 0 : exponent
    self.digits = digits
  }

  private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int {
    var value = 0
    for index in text.indices where index >= start && isDigit(text[index]) {
      value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), largestExponent)
    }
    return start < text.count && text[start] == UInt8(ascii: "-") ? -value : value
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  package init?(_ value: JSON) {
    guard let text = value.numberText else { return nil }
    self.init(Array(text.utf8).span)
  }

  package var isZero: Bool { digits.isEmpty }
  package var isWhole: Bool { exponent >= 0 }

  /// The same number in 64 bits, if they can hold it.
  package var int: Int64? {
    if isZero { return 0 }
    guard isWhole, digits.count + exponent <= 19 else { return nil }
    let text = digits.map { String($0) }.joined() + String(repeating: "0", count: exponent)
    return Int64(isNegative ? "-" + text : text)
  }

  package static func < (one: ExactNumber, other: ExactNumber) -> Bool {
    guard one.isNegative == other.isNegative else { return one.isNegative }
    return one.isNegative ? other.isCloserToZero(than: one) : one.isCloserToZero(than: other)
  }

  private func isCloserToZero(than other: ExactNumber) -> Bool {
    if isZero || other.isZero { return isZero && !other.isZero }
    let (length, otherLength) = (digits.count + exponent, other.digits.count + other.exponent)
    return length == otherLength ? digits.lexicographicallyPrecedes(other.digits) : length < otherLength
  }
}
