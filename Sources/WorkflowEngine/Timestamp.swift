// `$system.now`: an instant as people and APIs write it.

import ProcessSupport

/// Milliseconds since 1970 as RFC 3339 in UTC, for instance `2025-11-23T19:50:15.042Z`.
struct Timestamp: CustomStringConvertible {
  let milliseconds: Int64

  /// What RFC 3339 can write and people can mean: the years 1 to 9999.
  static let writable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  var description: String {
    var (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    if rest < 0 { (days, rest) = (days - 1, rest + 86_400_000) }
    let clock = "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1000 % 60, 2))"
    return "\(CalendarDay(number: Int(days)).text)T\(clock).\(pad(rest % 1000, 3))Z"
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
  static func milliseconds(ofHTTPDate text: String) -> Int64? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]), (1970...9999).contains(year),
      let date = CalendarDay(year: year, month: month + 1, day: day)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    let seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    return (Int64(date.number) * 86_400 + seconds) * 1000
  }

  /// `2025-11-23T19:50:15.042Z`, also with an offset such as `+02:00` and without the fraction (RFC 3339).
  static func milliseconds(ofRFC3339 text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (48...57).contains($0) }) else { return nil }
      return Int64(String(decoding: bytes[range], as: UTF8.self))
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), bytes[4] == 45, bytes[7] == 45,
      bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "), bytes[13] == 58, bytes[16] == 58,
      let date = CalendarDay(year: Int(year), month: Int(month), day: Int(day)), hour < 24, minute < 60, second < 61
    else { return nil }
    var end = 19
    var fraction: Int64 = 0
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      var scale: Int64 = 100
      end += 1
      while end < bytes.count, (48...57).contains(bytes[end]) {
        fraction += Int64(bytes[end] - 48) * scale
        scale /= 10
        end += 1
      }
    }
    var offset: Int64 = 0
    guard end < bytes.count else { return nil }
    if bytes[end] | 0x20 == UInt8(ascii: "z") {
      guard end + 1 == bytes.count else { return nil }
    } else {
      guard bytes[end] == 43 || bytes[end] == 45, bytes.count == end + 6, bytes[end + 3] == 58,
        let hours = number(end + 1..<end + 3), let minutes = number(end + 4..<end + 6), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[end] == 43 ? 1 : -1)
    }
    let seconds = (hour * 60 + minute - offset) * 60 + second
    return (Int64(date.number) * 86_400 + seconds) * 1000 + fraction
  }

  private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
