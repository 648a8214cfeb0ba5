// Dates, times and durations of RFC 3339.

enum TimeFormats {
  static func isDateTime(_ text: Span<UInt8>) -> Bool {
    var index = 0
    guard isDate(text, at: &index) else { return false }
    guard text.skip("T", at: &index) || text.skip("t", at: &index) else { return false }
    return isTime(text, at: &index) && index == text.count
  }

  static func isDate(_ text: Span<UInt8>) -> Bool {
    var index = 0
    return isDate(text, at: &index) && index == text.count
  }

  static func isTime(_ text: Span<UInt8>) -> Bool {
    var index = 0
    return isTime(text, at: &index) && index == text.count
  }

  private static func isDate(_ text: Span<UInt8>, at index: inout Int) -> Bool {
    guard let year = text.number(4, at: &index), text.skip("-", at: &index),
      let month = text.number(2, at: &index), text.skip("-", at: &index), let day = text.number(2, at: &index),
      (1...12).contains(month)
    else { return false }
    return (1...days(of: month, in: year)).contains(day)
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func isTime(_ text: Span<UInt8>, at index: inout Int) -> Bool {
    guard let hour = text.number(2, at: &index), text.skip(":", at: &index),
      let minute = text.number(2, at: &index), text.skip(":", at: &index), let second = text.number(2, at: &index),
      hour < 24, minute < 60, second <= 60
    else { return false }
    if text.skip(".", at: &index), text.skipDigits(at: &index) == nil { return false }
    guard let offset = offset(text, at: &index) else { return false }
    // Leap seconds end a day in UTC.
    return second < 60 || (hour * 60 + minute - offset + 2880) % 1440 == 1439
  }

  /// In minutes east of UTC.
  private static func offset(_ text: Span<UInt8>, at index: inout Int) -> Int? {
    if text.skip("Z", at: &index) || text.skip("z", at: &index) { return 0 }
    let isWest = text.skip("-", at: &index)
    guard isWest || text.skip("+", at: &index), let hours = text.number(2, at: &index), text.skip(":", at: &index),
      let minutes = text.number(2, at: &index), hours < 24, minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (isWest ? -1 : 1)
  }

  /// Appendix A of RFC 3339: weeks stand alone, and no unit is left out between two others.
  static func isDuration(_ text: Span<UInt8>) -> Bool {
    var index = 0
    guard text.skip("P", at: &index) else { return false }
    if text.byte(at: text.count - 1) == UInt8(ascii: "W") {
      return text.skipDigits(at: &index) != nil && index == text.count - 1
    }
    guard let dates = units(["Y", "M", "D"], text, at: &index) else { return false }
    guard text.skip("T", at: &index) else { return dates > 0 && index == text.count }
    guard let times = units(["H", "M", "S"], text, at: &index) else { return false }
    return times > 0 && index == text.count
  }

  /// Moves past numbers with their units and counts them; nil if they are in the wrong order or one is left out.
  private static func units(_ units: [Unicode.Scalar], _ text: Span<UInt8>, at index: inout Int) -> Int? {
    var count = 0
    var last: Int?
    while text.byte(at: index).isDigit {
      guard text.skipDigits(at: &index) != nil else { return nil }
      let unit = text.byte(at: index)
      guard let place = units.firstIndex(where: { UInt8(ascii: $0) == unit }) else { return nil }
      if let last, place != last + 1 { return nil }
      index += 1
      count += 1
      last = place
    }
    return count
  }
}
