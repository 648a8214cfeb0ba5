// How far an export has come with one workflow and one state. Each has a place of its own: what one of them wrote says
// nothing about another.

import ExecutionQueue

struct ExportPlace {
  /// A clock that Redis takes over with another server may be behind the one before: so much is read again.
  private static let overlap: Int64 = 5000

  /// Where the next look begins (milliseconds by Redis's clock).
  private(set) var from: Int64
  /// What was seen of the time since then, with when it ended: an execution that runs again ends again.
  private var seen: [ExecutionID: Int64] = [:]

  init(from: Int64) {
    self.from = from
  }

  func isNew(_ mention: RedisHistory.Mention) -> Bool { seen[mention.id] != mention.at }

  mutating func note(_ mentions: [RedisHistory.Mention]) {
    guard let newest = mentions.map(\.at).max() else { return }
    for mention in mentions { seen[mention.id] = mention.at }
    guard newest - Self.overlap > from else { return }
    from = newest - Self.overlap
    seen = seen.filter { $0.value >= from }
  }
}
