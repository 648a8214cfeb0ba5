// Moments as senders write them, in milliseconds since 1970.

import ProcessSupport

enum MomentUnit: Sendable {
  case seconds, milliseconds
  /// `2026-02-18T20:01:35.123Z` and its kin (RFC 3339).
  case rfc3339
}

enum Moments {
  /// Nil for anything but plain digits of a sane length, or a date of RFC 3339.
  static func read(_ text: String, unit: MomentUnit) -> Int64? {
    switch unit {
    case .seconds: digits(text, atMost: 12).map { $0 * 1000 }
    case .milliseconds: digits(text, atMost: 15)
    case .rfc3339: date(Array(text.utf8))
    }
  }

  static func write(_ moment: Int64, unit: MomentUnit) -> String {
    switch unit {
    case .seconds: String(moment / 1000)
    case .milliseconds: String(moment)
    case .rfc3339: dateText(moment)
    }
  }

  private static func digits(_ text: String, atMost limit: Int) -> Int64? {
    let isPlain = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isPlain, (1...limit).contains(text.utf8.count) else { return nil }
    return Int64(text)
  }

  /// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`; a blank may stand for the `T`.
  private static func date(_ text: [UInt8]) -> Int64? {
    guard (20...40).contains(text.count) else { return nil }
    func number(_ start: Int, _ count: Int) -> Int? {
      var value = 0
      for byte in text[start..<start + count] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    let marks: [(Int, String)] = [(4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":")]
    guard marks.allSatisfy({ position, allowed in allowed.utf8.contains(text[position]) }),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2),
      let date = CalendarDay(year: year, month: month, day: day), hour < 24, minute < 60, second < 61
    else { return nil }
    var position = 19
    var milliseconds = 0
    if text[position] == UInt8(ascii: ".") {
      let digits = text[(position + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard !digits.isEmpty else { return nil }
      for index in 0..<3 {
        let digit = index < digits.count ? Int(digits[position + 1 + index] - UInt8(ascii: "0")) : 0
        milliseconds = milliseconds * 10 + digit
      }
      position += 1 + digits.count
    }
    guard let offset = zone(text[position...]) else { return nil }
    let seconds = date.number * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Int64(seconds * 1000 + milliseconds)
  }

  /// Seconds east of Greenwich.
  private static func zone(_ text: ArraySlice<UInt8>) -> Int? {
    let text = Array(text)
    if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
    guard text.count == 6, text[3] == UInt8(ascii: ":"), let hours = Int(String(decoding: text[1...2], as: UTF8.self)),
      let minutes = Int(String(decoding: text[4...5], as: UTF8.self)), (0..<24).contains(hours),
      (0..<60).contains(minutes)
    else { return nil }
    switch text[0] {
    case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
    default: return nil
    }
  }

  private static func dateText(_ moment: Int64) -> String {
    let seconds = Int(moment / 1000)
    let clock = [seconds % 86_400 / 3600, seconds % 3600 / 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(CalendarDay(number: seconds / 86_400).text)T\(clock.joined(separator: ":"))Z"
  }
}
