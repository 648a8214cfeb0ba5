// `$system.now`: an instant as people and APIs write it.

/// Milliseconds since 1970 as RFC 3339 in UTC, for instance `2025-11-23T19:50:15.042Z`.
struct Timestamp: CustomStringConvertible {
  let milliseconds: Int64

  /// What RFC 3339 can write and people can mean: the years 1 to 9999.
  static let writable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  var description: String {
    let (days, rest) = Self.divide(milliseconds, by: 86_400_000)
    let (year, month, day) = Self.date(daysSince1970: days)
    let clock = "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1000 % 60, 2))"
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock).\(pad(rest % 1000, 3))Z"
  }

  /// Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`: years begin in March, so that
  /// the leap day is their last, and repeat every 400 years (an era of 146,097 days).
  private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = divide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
  static func milliseconds(ofHTTPDate text: String) -> Int64? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]), (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    let seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    return (days(year: year, month: Int64(month + 1), day: day) * 86_400 + seconds) * 1000
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
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
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
    return (days(year: year, month: month, day: day) * 86_400 + seconds) * 1000 + fraction
  }

  /// The inverse of `date`: `days_from_civil` of the same source.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = divide(shifted, by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Rounds down, so that instants before 1970 work too.
  private static func divide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }

  private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
