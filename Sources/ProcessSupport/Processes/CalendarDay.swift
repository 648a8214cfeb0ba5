// Days of the calendar, for everything that reads or writes dates.

/// A day of the Gregorian calendar, in UTC.
package struct CalendarDay: Sendable {
  /// Days since 1970; negative before.
  package let number: Int

  package static var today: CalendarDay { CalendarDay(number: WallClock.seconds / 86_400) }

  package init(number: Int) { self.number = number }

  /// Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`: years begin in March, so that
  /// the leap day is their last, and repeat every 400 years (an era of 146,097 days). Nil for a date that does not
  /// exist, such as February 30.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    let (era, yearOfEra) = Self.divide(month > 2 ? year : year - 1, by: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
    // Behind the end of its month, a date is counted as one of the next.
    guard date.day == day else { return nil }
  }

  /// `2026-11-24`.
  package init?(_ text: String) {
    let parts = text.split(separator: "-").compactMap { Int32($0) }
    guard parts.count == 3 else { return nil }
    self.init(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
  }

  /// The inverse of `days_from_civil`: `civil_from_days` of the same source.
  package var date: (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = Self.divide(number + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// As it stands in files: `2026-11-24`.
  package var text: String {
    let (year, month, day) = date
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  package static func - (later: CalendarDay, earlier: CalendarDay) -> Int { later.number - earlier.number }

  /// Rounds down, so that days before 1970 work too.
  private static func divide(_ value: Int, by divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
