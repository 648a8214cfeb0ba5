// Whether texts can be written as they are, looked at eight bytes at a time: ingest writes dozens of short ones for each
// webhook. The tests of a word for a byte that is less than a number, or equal to one, are those of Sean Eron Anderson's
// "Bit Twiddling Hacks" (https://graphics.stanford.edu/~seander/bithacks.html).

extension UnsafeRawBufferPointer {
  /// No control character, no quote, no backslash: JSON takes it without an escape.
  package var isPlainText: Bool {
    !hasWord { $0.hasByte(lessThan: 0x20) | $0.hasByte(0x22) | $0.hasByte(0x5C) }
  }

  /// The same, and ASCII without DEL.
  package var isPlainASCII: Bool {
    !hasWord {
      $0.hasByte(lessThan: 0x20) | $0.hasByte(0x22) | $0.hasByte(0x5C) | $0.hasByte(0x7F) | $0 & UInt64.eachByte(0x80)
    }
  }

  /// Whether the test gives anything for one of the words; those of the rest are filled up with blanks.
  @inline(__always)
  private func hasWord(_ test: (UInt64) -> UInt64) -> Bool {
    var found: UInt64 = 0
    guard count >= 8 else {
      var word = UInt64.eachByte(0x20)
      for byte in self { word = word << 8 | UInt64(byte) }
      return test(word) != 0
    }
    for offset in stride(from: 0, to: count - 8, by: 8) {
      found |= test(loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    return found | test(loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)) != 0
  }
}

extension UInt64 {
  @inline(__always)
  fileprivate static func eachByte(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// Not zero if there is one; `limit` is at most 128.
  @inline(__always)
  fileprivate func hasByte(lessThan limit: UInt8) -> UInt64 {
    (self &- Self.eachByte(limit)) & ~self & Self.eachByte(0x80)
  }

  /// Not zero if there is one.
  @inline(__always)
  fileprivate func hasByte(_ byte: UInt8) -> UInt64 { (self ^ Self.eachByte(byte)).hasByte(lessThan: 1) }
}
