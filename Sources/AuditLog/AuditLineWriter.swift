// Writes JSON into memory without looking at its end: whoever makes one has seen to the room.

import JSONCodec

struct AuditLineWriter {
  private(set) var next: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawPointer) {
    next = memory
  }

  /// The most that a quoted value of this limit takes.
  static func longest(_ limit: Int) -> Int { limit + ellipsis.utf8CodeUnitCount + 2 }

  private static let ellipsis: StaticString = "…"

  @inline(__always)
  mutating func write(_ text: StaticString) {
    next.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    next += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    next.copyMemory(from: start, byteCount: bytes.count)
    next += bytes.count
  }

  mutating func write(_ time: AuditStamp.Bytes) {
    withUnsafeBytes(of: time) { write($0) }
  }

  mutating func write(_ number: Int) {
    // Nothing that is counted here is negative.
    var rest = UInt(max(0, number))
    var digits = 1
    var limit: UInt = 10
    while rest >= limit, digits < 19 {
      digits += 1
      limit &*= 10
    }
    for index in stride(from: digits - 1, through: 0, by: -1) {
      next.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: index, as: UInt8.self)
      rest /= 10
    }
    next += digits
  }

  /// At most `limit` bytes between the quotes, and an ellipsis when something is missing.
  mutating func write(quoted text: String, limit: Int) {
    byte(UInt8(ascii: "\""))
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      if bytes.count <= limit, bytes.isPlainASCII { write(bytes) } else { escape(text, limit) }
    }
    if isWritten == nil { escape(text, limit) }
    byte(UInt8(ascii: "\""))
  }

  @inline(__always)
  private mutating func byte(_ byte: UInt8) {
    next.storeBytes(of: byte, as: UInt8.self)
    next += 1
  }

  @inline(never)
  private mutating func escape(_ text: String, _ limit: Int) {
    let end = next + limit
    for scalar in text.unicodeScalars {
      let bytes = Self.written(scalar)
      guard end - next >= bytes.count else { return write(Self.ellipsis) }
      bytes.withUnsafeBytes { write($0) }
    }
  }

  /// Control characters and the line separators that some viewers break at do not reach a terminal as they are.
  private static func written(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar {
    case "\"", "\\": return [UInt8(ascii: "\\"), UInt8(scalar.value)]
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value), "\u{2028}", "\u{2029}":
      let digits = String(scalar.value, radix: 16)
      return Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
    default: return Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}
