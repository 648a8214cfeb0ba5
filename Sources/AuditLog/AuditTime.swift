// Times as the audit log writes them: RFC 3339 in UTC, to the millisecond, always 24 bytes.

import Glibc
import ProcessSupport

package enum AuditTime {
  package static let length = 24

  package static func text(_ milliseconds: Int64) -> String {
    var stamp = AuditStamp()
    return withUnsafeBytes(of: stamp.bytes(at: milliseconds)) { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads `2026-01-31`, `2026-01-31T12:00`, `2026-01-31T12:00:00` and `2026-01-31T12:00:00.250`, with or without a `Z`.
  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  static func parse(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    var rest = bytes[...]
    if rest.last == UInt8(ascii: "Z"), rest.count > 10 { rest = rest.dropLast() }
    guard [10, 16, 19, 23].contains(rest.count) else { return nil }
    var fields: [Int] = []
    for part in [(0, 4, "-"), (5, 2, "-"), (8, 2, "T"), (11, 2, ":"), (14, 2, ":"), (17, 2, "."), (20, 3, "")] {
      let (start, length, separator) = part
      guard start < rest.count else { break }
      guard let number = number(rest[(rest.startIndex + start)...].prefix(length)) else { return nil }
      fields.append(number)
      let next = start + length
      if next < rest.count, rest[rest.startIndex + next] != separator.utf8.first { return nil }
    }
    fields += [Int](repeating: 0, count: 7 - fields.count)
    guard let day = CalendarDay(year: fields[0], month: fields[1], day: fields[2]), fields[3] < 24, fields[4] < 60,
      fields[5] < 61
    else { return nil }
    let seconds = day.number * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5]
    return Int64(seconds * 1000 + fields[6])
  }

  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
    var number = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      number = number * 10 + Int(digit - 0x30)
    }
    return number
  }
}

/// The text of a time, made anew only where it has changed since the last one.
package struct AuditStamp: Sendable {
  package typealias Bytes = (UInt64, UInt64, UInt64)

  private var text: Bytes = (0, 0, 0)
  private var milliseconds = Int64.min
  private var second = Int64.min

  package init() {}

  package mutating func bytes(at now: Int64) -> Bytes {
    guard now != milliseconds else { return text }
    let newSecond = now / 1000
    if newSecond != second { write(second: newSecond) }
    second = newSecond
    milliseconds = now
    let fraction = Int32(truncatingIfNeeded: now % 1000)
    withUnsafeMutableBytes(of: &text) { Self.write(fraction, 3, at: 20, of: $0) }
    return text
  }

  private mutating func write(second: Int64) {
    var time = time_t(second)
    var parts = tm()
    gmtime_r(&time, &parts)
    withUnsafeMutableBytes(of: &text) { bytes in
      bytes.copyBytes(from: "0000-00-00T00:00:00.000Z".utf8)
      Self.write(parts.tm_year + 1900, 4, at: 0, of: bytes)
      Self.write(parts.tm_mon + 1, 2, at: 5, of: bytes)
      Self.write(parts.tm_mday, 2, at: 8, of: bytes)
      Self.write(parts.tm_hour, 2, at: 11, of: bytes)
      Self.write(parts.tm_min, 2, at: 14, of: bytes)
      Self.write(parts.tm_sec, 2, at: 17, of: bytes)
    }
  }

  private static func write(_ number: Int32, _ digits: Int, at start: Int, of bytes: UnsafeMutableRawBufferPointer) {
    var rest = number
    for index in stride(from: start + digits - 1, through: start, by: -1) {
      bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
