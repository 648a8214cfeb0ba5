// The name of an execution in ten bytes: logs of millions of calls have to fit into memory.

/// The 80 random bits at the end of an execution id.
struct ExecutionKey: Hashable, Sendable, CustomStringConvertible {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let length = 16

  let high: UInt64
  let low: UInt16

  init(high: UInt64, low: UInt16) {
    self.high = high
    self.low = low
  }

  /// Of an execution id or of its last part; nil when it does not end as an id does.
  init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var count = 0
    for byte in text.utf8.suffix(Self.length) {
      guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
      high = high << 5 | low >> 11
      low = (low << 5 | UInt64(digit)) & 0xffff
      count += 1
    }
    guard count == Self.length else { return nil }
    self.init(high: high, low: UInt16(low))
  }

  /// The last part of the id.
  var description: String {
    let digits = (0..<Self.length).map { position -> UInt8 in
      let shift = 5 * (Self.length - 1 - position)
      let bits = shift >= 16 ? high >> UInt64(shift - 16) : high << UInt64(16 - shift) | UInt64(low) >> UInt64(shift)
      return Self.alphabet[Int(bits & 31)]
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
