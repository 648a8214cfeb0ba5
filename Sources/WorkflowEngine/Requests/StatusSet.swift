// The statuses that a request node takes for success.

import JSONCodec

struct StatusSet: Sendable {
  static let success = StatusSet(ranges: [200...299], text: "2xx")

  private let ranges: [ClosedRange<Int>]
  /// As it was written, for messages.
  let text: String

  private init(ranges: [ClosedRange<Int>], text: String) {
    self.ranges = ranges
    self.text = text
  }

  /// Reads a status, a range or a list of them: `201`, `"2xx"`, `"200-204"`, `[200, "3xx"]`. Nil when one is wrong.
  init?(_ value: JSON) {
    let entries = value.kind == .array ? value.elements : [value]
    let ranges = entries.compactMap { Self.range($0.stringValue ?? $0.text) }
    guard !entries.isEmpty, ranges.count == entries.count else { return nil }
    self.init(ranges: ranges, text: entries.map { $0.stringValue ?? $0.text }.joined(separator: ", "))
  }

  func contains(_ status: Int) -> Bool {
    ranges.contains { $0.contains(status) }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    if text.count == 3, text.lowercased().hasSuffix("xx"), let hundred = text.first?.wholeNumberValue,
      (1...5).contains(hundred)
    {
      return hundred * 100...hundred * 100 + 99
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.filter { $0 != " " }) }
    guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1], (100...599).contains(low),
      (low...599).contains(high)
    else { return nil }
    return low...high
  }
}
