// What the files of a directory hold, in order of time over all processes that write there.

import Glibc

package struct AuditProblem: Error, Sendable {
  package let message: String
}

package struct AuditHistory: Sendable {
  private let directory: String
  private let matcher: AuditMatcher

  /// How far lines may stand behind where their time belongs: event loops hand theirs over ten times a second.
  static let disorder: Int64 = 1000

  package init(directory: String, filter: AuditFilter) {
    self.directory = directory
    matcher = AuditMatcher(filter)
  }

  /// The newest records, in time order; reads only the files that may hold some of them.
  package func newest(_ limit: Int) throws(AuditProblem) -> [AuditEntry] {
    var newest = NewestEntries(limit: limit)
    for (source, segment) in try segments().sorted(by: { ($0.end, $0.start) > ($1.end, $1.start) }).enumerated() {
      if let needed = newest.oldestNeeded(), segment.end + Self.disorder < needed { break }
      guard let cursor = SegmentCursor(segment) else { continue }
      while let entry = cursor.next(matcher) { newest.add(entry, source: source) }
    }
    return newest.sorted()
  }

  /// All records, in time order, with about a second of them in memory.
  package func forEach(_ body: (AuditEntry) -> Void) throws(AuditProblem) {
    var waiting = try segments()[...]
    var sources: [(cursor: SegmentCursor, head: AuditEntry)] = []
    var window = ReorderWindow()
    while !waiting.isEmpty || !sources.isEmpty {
      let now = sources.map(\.head.time).min() ?? waiting.first?.start ?? 0
      while let segment = waiting.first, segment.start - Self.disorder <= now {
        waiting.removeFirst()
        if let cursor = SegmentCursor(segment), let head = cursor.next(matcher) { sources.append((cursor, head)) }
      }
      guard let index = sources.indices.min(by: { sources[$0].head.time < sources[$1].head.time }) else { continue }
      let entry = sources[index].head
      window.add(entry)
      if let head = sources[index].cursor.next(matcher) {
        sources[index].head = head
      } else {
        sources.remove(at: index)
      }
      window.release(before: entry.time - Self.disorder, to: body)
    }
    window.release(before: .max, to: body)
  }

  /// Files that may hold wanted lines, the oldest start first.
  private func segments() throws(AuditProblem) -> [AuditSegment] {
    guard let all = AuditSegment.all(in: directory) else {
      let reason = String(cString: strerror(errno))
      throw AuditProblem(message: "\(directory): \(reason.prefix(1).lowercased() + reason.dropFirst())")
    }
    return all.filter { matcher.mayBeIn($0) }
  }
}

extension AuditMatcher {
  /// Both times of a file are by clocks that tick coarsely.
  func mayBeIn(_ segment: AuditSegment) -> Bool {
    let (start, isEarly) = segment.start.subtractingReportingOverflow(AuditHistory.disorder)
    let (end, isLate) = segment.end.addingReportingOverflow(AuditHistory.disorder)
    return (isEarly || start <= until) && (isLate || end >= since)
  }
}

/// Puts lines that come nearly in order into order.
private struct ReorderWindow {
  private var entries: [AuditEntry] = []

  mutating func add(_ entry: AuditEntry) {
    var place = entries.count
    while place > 0, entries[place - 1].time > entry.time { place -= 1 }
    entries.insert(entry, at: place)
  }

  /// Now and then, because taking away from the front moves all the others.
  mutating func release(before time: Int64, to body: (AuditEntry) -> Void) {
    guard time == .max || entries.count > 1 && entries[entries.count / 2].time < time else { return }
    let count = entries.firstIndex { $0.time >= time } ?? entries.count
    for entry in entries[..<count] { body(entry) }
    entries.removeFirst(count)
  }
}
