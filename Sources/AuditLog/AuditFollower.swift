// What comes into the audit log while somebody watches.

package final class AuditFollower {
  private let directory: String
  private let matcher: AuditMatcher
  private var cursors: [String: SegmentCursor] = [:]

  package init(directory: String, filter: AuditFilter) {
    self.directory = directory
    matcher = AuditMatcher(filter)
  }

  /// What is there and has not been given before, in time order; of more than `limit` records the newest.
  package func poll(limit: Int) -> [AuditEntry] {
    // A directory that does not exist yet may come.
    let segments = AuditSegment.all(in: directory) ?? []
    for segment in segments where cursors[segment.path] == nil && matcher.mayBeIn(segment) {
      cursors[segment.path] = SegmentCursor(segment)
    }
    var newest = NewestEntries(limit: limit)
    for cursor in cursors.values {
      while let entry = cursor.next(matcher) { newest.add(entry) }
    }
    // What has been removed has been read to its end.
    let present = Set(segments.map(\.path))
    cursors = cursors.filter { present.contains($0.key) }
    return newest.sorted()
  }
}
