// The entries that a worker knows to be in its hands. When an answer of Redis was lost on its way, Redis holds more
// under this worker's name, and nobody else would ever run that: the worker lives.

import NIOCore
import Synchronization

final class HeldEntries: Sendable {
  private struct Key: Hashable {
    let priority: Priority
    let entry: EntryID
  }

  private struct State {
    var keys: Set<Key> = []
    /// How many more looks for missed entries are due.
    var doubts = 0
    /// Reads with hardly any room, for the turn of the low priority.
    var narrowReads = 0
    var averagePayload = 0
  }

  private let state = Mutex(State())

  /// A command of a connection that was given up may still run after the next one has connected: look more than once.
  private static let looks = 5
  /// Bytes of payloads that one read should bring at most.
  private static let readBytes = 16 << 20

  func hold(_ priority: Priority, _ entry: EntryID) -> Bool {
    state.withLock { $0.keys.insert(Key(priority: priority, entry: entry)).inserted }
  }

  func release(_ delivery: Delivery) {
    _ = state.withLock { $0.keys.remove(Key(priority: delivery.priority, entry: delivery.entry)) }
  }

  /// As the missed script wants to know them; nil when nothing can have been missed.
  var listIfDoubtful: [String]? {
    state.withLock { state in
      guard state.doubts > 0 else { return nil }
      return state.keys.map { "\($0.priority.streamNumber):\($0.entry)" }
    }
  }

  func doubt() { state.withLock { $0.doubts = Self.looks } }
  func looked() { state.withLock { $0.doubts = max(0, $0.doubts - 1) } }

  /// Every eighth of the reads that ask one stream after the other begins with the low priority, so that it is never
  /// starved.
  var beginsLow: Bool {
    state.withLock { state in
      state.narrowReads += 1
      return state.narrowReads % 8 == 0
    }
  }

  /// Large payloads are read few at a time.
  func count(atMost limit: Int) -> Int {
    let average = state.withLock { $0.averagePayload }
    return max(1, min(limit, Self.readBytes / max(1, average)))
  }

  func learn(from deliveries: [Delivery]) {
    guard !deliveries.isEmpty else { return }
    let total = deliveries.reduce(0) { $0 + $1.payload.readableBytes }
    state.withLock { $0.averagePayload = total / deliveries.count }
  }
}
