// Audit records as rows for people. What came from outside reaches the terminal without control characters.

import AuditLog
import ProcessSupport

enum AuditTable {
  private static let columns = [
    "TIME", "STATUS", "OUTCOME", "WORKFLOW", "CLIENT", "REQUEST", "MS", "REASON OR EXECUTION",
  ]
  /// While somebody watches, nobody knows how wide the next row is.
  private static let widths = [24, 6, 9, 16, 15, 32, 6, 0]

  static func text(_ entries: [AuditEntry]) -> String {
    guard !entries.isEmpty else { return "no such requests" }
    var table = TextTable(columns.map { ($0, $0 == "MS" ? .right : .left) })
    for entry in entries { table.add(cells(entry)) }
    return table.text
  }

  static var title: String { line(columns) }
  static func line(_ entry: AuditEntry) -> String { line(cells(entry)) }

  private static func line(_ cells: [String]) -> String {
    let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
    return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
  }

  private static func cells(_ entry: AuditEntry) -> [String] {
    let time = AuditTime.text(entry.time)
    if let count = entry.dropped {
      return [time, "", "", "", "", "", "", "\(count) records could not be written"]
    }
    let request = [entry.method, entry.path].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
    return [
      time, entry.status.map { "\($0)" } ?? "", entry.outcome ?? "", entry.workflow ?? "", entry.client ?? "",
      Terminal.shortened(request, to: 60), milliseconds(entry), told(entry),
    ]
    .map(printable)
  }

  private static func milliseconds(_ entry: AuditEntry) -> String {
    guard let microseconds = entry.microseconds else { return "" }
    return "\(microseconds / 1000).\(microseconds % 1000 / 100)"
  }

  private static func told(_ entry: AuditEntry) -> String {
    let reason = [entry.reason, entry.why].compactMap(\.self).joined(separator: ": ")
    return [reason, entry.executionID ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}

/// Many lines in few writes.
struct LineOutput {
  private var text = ""

  mutating func add(_ line: [UInt8]) {
    text += String(decoding: line, as: UTF8.self)
    text += "\n"
    if text.utf8.count >= 65_536 { flush() }
  }

  mutating func flush() {
    guard !text.isEmpty else { return }
    writeAll(text, to: 1)
    text = ""
  }
}
