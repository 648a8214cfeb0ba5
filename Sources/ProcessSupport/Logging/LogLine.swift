// The two shapes of a log line. What came from outside, a webhook's path for example, can neither start a line of its
// own nor reach the terminal as control characters.

import Glibc
import Logging

struct LogLine {
  /// Milliseconds since 1970.
  let time: Int64
  let level: Logger.Level
  let component: String
  let message: String
  let fields: [(key: String, value: Logger.MetadataValue)]

  /// `2026-01-31T12:00:00.250Z INFO  message key=value component=name`
  var text: [UInt8] {
    var line = timestamp
    let name = level.rawValue.uppercased()
    line += " \(name)\(String(repeating: " ", count: max(0, 7 - name.utf8.count))) \(LogText.printable(message))"
    for field in fields { line += " \(LogText.bare(field.key))=\(LogText.bare(LogText.plain(field.value)))" }
    line += " component=\(LogText.bare(component))\n"
    return Array(line.utf8)
  }

  /// One JSON object; a field that has the name of a fixed member gets an underscore.
  var json: [UInt8] {
    var line = #"{"time":"\#(timestamp)","level":"\#(level.rawValue)","component":"#
    line += LogText.quoted(component) + #","message":"# + LogText.quoted(message)
    for field in fields {
      let isTaken = ["time", "level", "component", "message"].contains(field.key)
      line += "," + LogText.quoted(isTaken ? field.key + "_" : field.key) + ":" + LogText.json(field.value)
    }
    return Array((line + "}\n").utf8)
  }

  /// RFC 3339 in UTC, to the millisecond.
  private var timestamp: String {
    var seconds = time_t(time / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ number: some BinaryInteger, _ width: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    return "\(date)T\(clock).\(padded(time % 1000, 3))Z"
  }
}
