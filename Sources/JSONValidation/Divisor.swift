// What schemas ask about numbers: whether they count something, and whether they are multiples.

import JSONCodec

extension ExactNumber {
  var isPositive: Bool { !isNegative && !isZero }
  /// Whether it can count something.
  var isCount: Bool { !isNegative && isWhole }

  /// A count, or the largest number if it is larger.
  var count: Int { Int(int ?? .max) }
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
