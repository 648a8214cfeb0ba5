// How many replicas follow the Redis that has the queue, and until when their absence is no reason to do without.

import Synchronization

/// As of the last look that was answered; written by the watch, read wherever something is written.
///
/// A primary whose replicas have gone may be the one that a failover has just replaced: what it confirms alone is lost
/// when it learns of that. So a replica is waited for some time longer.
package final class ReplicaCount: Sendable {
  private struct State {
    var count = 0
    /// Redis's number for its process.
    var server: String?
    var awaitedUntil: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// After the last look that saw one. A demoted primary knows of it by then: Sentinel tells it after ten seconds.
  static let memory: Duration = .seconds(15)
  /// After the queue is found at another server that has none: until all connections have left the one before, which
  /// they do about a second after a sentinel knows of the other.
  static let farewell: Duration = .milliseconds(1300)

  package init() {}

  /// Whether one followed at the last look.
  package var isPresent: Bool { state.withLock { $0.count > 0 } }

  /// Whether a write has to wait for a replica.
  package var isAwaited: Bool { isAwaited(at: nil) }

  /// `now` is the clock's unless given.
  func isAwaited(at now: ContinuousClock.Instant?) -> Bool {
    let state = state.withLock { $0 }
    guard state.count == 0 else { return true }
    guard let end = state.awaitedUntil else { return false }
    return (now ?? .now) < end
  }

  func set(_ count: Int, of server: String?, at now: ContinuousClock.Instant = .now) {
    state.withLock { state in
      if count > 0 {
        state.awaitedUntil = now + Self.memory
      } else if server != state.server, let end = state.awaitedUntil {
        state.awaitedUntil = min(end, now + Self.farewell)
      }
      state.count = count
      state.server = server
    }
  }
}
