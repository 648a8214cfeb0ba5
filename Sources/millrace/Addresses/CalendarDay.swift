// A day as it stands in files: 2026-11-24, in UTC.

import Glibc
import ProcessSupport

struct CalendarDay {
  private let number: Int

  static var today: CalendarDay { CalendarDay(number: WallClock.seconds / 86_400) }

  private init(number: Int) { self.number = number }

  init?(_ text: String) {
    let parts = text.split(separator: "-").compactMap { Int32($0) }
    guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else { return nil }
    var date = tm()
    (date.tm_year, date.tm_mon, date.tm_mday) = (parts[0] - 1900, parts[1] - 1, parts[2])
    number = timegm(&date) / 86_400
  }

  var text: String {
    var time = number * 86_400
    var date = tm()
    gmtime_r(&time, &date)
    func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(date.tm_year + 1900)-\(padded(date.tm_mon + 1))-\(padded(date.tm_mday))"
  }

  static func - (later: CalendarDay, earlier: CalendarDay) -> Int { later.number - earlier.number }
}
