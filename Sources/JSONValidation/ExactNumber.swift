// Numbers as their digits: order numbers of 20 digits and prices such as 0.1 are compared as they are written.

import JSONCodec

/// Equal numbers have equal digits and exponents, however they are written.
struct ExactNumber: Hashable, Sendable {
  let isNegative: Bool
  /// 0 to 9, without zeros at either end; none for zero.
  let digits: [UInt8]
  /// The power of ten that the digits, read as a whole number, are multiplied with.
  let exponent: Int

  /// Beyond it, exponents count as one.
  private static let largestExponent = 1_000_000_000_000_000

  /// The text is a JSON number.
  init(_ text: Span<UInt8>) {
    var digits: [UInt8] = []
    var exponent = 0
    var isFraction = false
    var index = 0
    digits.reserveCapacity(text.count)
    while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
      let byte = text[index]
      if byte == UInt8(ascii: ".") { isFraction = true }
      if byte.isDigit {
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
    for index in text.indices where index >= start && text[index].isDigit {
      value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), largestExponent)
    }
    return start < text.count && text[start] == UInt8(ascii: "-") ? -value : value
  }

  init?(_ value: JSON) {
    guard let text = value.numberText else { return nil }
    self.init(Array(text.utf8).span)
  }

  var isZero: Bool { digits.isEmpty }
  var isPositive: Bool { !isNegative && !isZero }
  var isWhole: Bool { exponent >= 0 }
  /// Whether it can count something.
  var isCount: Bool { !isNegative && isWhole }

  /// A count, or the largest number if it is larger.
  var count: Int {
    guard digits.count + exponent < 19 else { return .max }
    return digits.reduce(0) { $0 * 10 + Int($1) } * (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  static func < (one: ExactNumber, other: ExactNumber) -> Bool {
    guard one.isNegative == other.isNegative else { return one.isNegative }
    return one.isNegative ? other.isCloserToZero(than: one) : one.isCloserToZero(than: other)
  }

  private func isCloserToZero(than other: ExactNumber) -> Bool {
    if isZero || other.isZero { return isZero && !other.isZero }
    let (length, otherLength) = (digits.count + exponent, other.digits.count + other.exponent)
    return length == otherLength ? digits.lexicographicallyPrecedes(other.digits) : length < otherLength
  }
}

/// What `multipleOf` asks for.
struct Divisor: Sendable {
  /// So many digits leave room for one more in 64 bits.
  static let mostDigits = 18

  private let number: UInt64
  private let exponent: Int

  /// Nil if it has too many digits.
  init?(_ value: ExactNumber) {
    guard value.isPositive, value.digits.count <= Self.mostDigits else { return nil }
    number = value.digits.reduce(0) { $0 * 10 + UInt64($1) }
    exponent = value.exponent
  }

  /// As digits never end in zeros, a number with more decimal places than the divisor is no multiple of it.
  func divides(_ value: ExactNumber) -> Bool {
    if value.isZero { return true }
    guard value.exponent >= exponent else { return false }
    let rest = value.digits.reduce(0) { ($0 * 10 + UInt64($1)) % number }
    return product(rest, power(of: 10, value.exponent - exponent)) == 0
  }

  private func power(of base: UInt64, _ exponent: Int) -> UInt64 {
    var (result, square, rest) = (1 % number, base % number, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, square) }
      square = product(square, square)
      rest >>= 1
    }
    return result
  }

  private func product(_ one: UInt64, _ other: UInt64) -> UInt64 {
    number.dividingFullWidth((one % number).multipliedFullWidth(by: other % number)).remainder
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
