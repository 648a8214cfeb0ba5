// A line of the audit log that somebody asked for.

package import JSONCodec

package struct AuditEntry: Sendable {
  /// Milliseconds since 1970.
  package let time: Int64
  /// Without its end; well-formed JSON.
  package let line: [UInt8]
  package let document: JSON

  /// Nil for a line that was torn.
  init?(time: Int64, line: UnsafeRawBufferPointer) {
    self.time = time
    self.line = Array(line)
    guard let document = try? JSON.parse(self.line) else { return nil }
    self.document = document
  }

  package var requestID: String? { document["requestId"]?.stringValue }
  package var method: String? { document["method"]?.stringValue }
  package var path: String? { document["path"]?.stringValue }
  package var workflow: String? { document["workflow"]?.stringValue }
  package var client: String? { document["client"]?.stringValue }
  package var status: Int? { document["status"]?.intValue.map { Int($0) } }
  package var outcome: String? { document["outcome"]?.stringValue }
  package var check: String? { document["check"]?.stringValue }
  package var reason: String? { document["reason"]?.stringValue }
  package var why: String? { document["why"]?.stringValue }
  package var bodyBytes: Int? { document["bodyBytes"]?.intValue.map { Int($0) } }
  package var isUnanswered: Bool { document["unanswered"]?.boolValue ?? false }
  package var executionID: String? { document["executionId"]?.stringValue }
  package var microseconds: Int? { document["microseconds"]?.intValue.map { Int($0) } }
  /// Set in a line that tells of records which were not written.
  package var dropped: Int? { document["dropped"]?.intValue.map { Int($0) } }
}

/// The newest entries of those that are added, a limited number of them.
struct NewestEntries {
  /// With the number of its source, the newest being 0: of one millisecond, the older source has the older ones.
  private var entries: [(entry: AuditEntry, source: Int)] = []
  let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  mutating func add(_ entry: AuditEntry, source: Int = 0) {
    entries.append((entry, source))
    if entries.count >= 2 * limit + 1024 { trim() }
  }

  /// The time from which on there are as many as wanted; nil while there are fewer.
  mutating func oldestNeeded() -> Int64? {
    trim()
    return entries.count < limit ? nil : entries.first?.entry.time
  }

  /// In time order.
  mutating func sorted() -> [AuditEntry] {
    trim()
    return entries.map(\.entry)
  }

  private mutating func trim() {
    entries.sort { ($0.entry.time, $1.source) < ($1.entry.time, $0.source) }
    if entries.count > limit { entries.removeFirst(entries.count - limit) }
  }
}
