// The entries that a worker knows to be in its hands. When an answer of Redis was lost on its way, or Redis has lost what
// it answered, Redis may hold more under this worker's name, and nobody else would ever run that: the worker lives.

import NIOCore
import Synchronization

final class HeldEntries: Sendable {
  private struct Key: Hashable {
    let priority: Priority
    let entry: EntryID

    init(_ delivery: Delivery) {
      priority = delivery.priority
      entry = delivery.entry
    }
  }

  private struct State {
    /// The delivery that stands for each: one that was taken over by others and has come back is in two hands here.
    var deliveries: [Key: Delivery] = [:]
    /// How many more looks for missed entries are due.
    var doubts = 0
    /// Reads with hardly any room, for the turn of the low priority.
    var narrowReads = 0
  }

  private let state = Mutex(State())

  /// A command of a connection that was given up may still run after the next one has connected: look more than once.
  private static let looks = 5

  /// False when the entry is in these hands already; `anew` says that it was taken over, whoever had it.
  func hold(_ delivery: Delivery, anew: Bool) -> Bool {
    let key = Key(delivery)
    return state.withLock { state in
      guard anew || state.deliveries[key] == nil else { return false }
      state.deliveries[key] = delivery
      return true
    }
  }

  func release(_ delivery: Delivery) {
    let key = Key(delivery)
    state.withLock { state in
      if state.deliveries[key] === delivery { state.deliveries[key] = nil }
    }
  }

  /// For one that is somebody else's by now, or that Redis has forgotten and perhaps given to this worker once more
  /// meanwhile, which passed it over because it knew it.
  func lose(_ delivery: Delivery) {
    release(delivery)
    doubt()
  }

  /// As the missed script wants to know them; nil when nothing can have been missed.
  var listIfDoubtful: [String]? {
    state.withLock { state in
      guard state.doubts > 0 else { return nil }
      return state.deliveries.keys.map { "\($0.priority.streamNumber):\($0.entry)" }
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
}
