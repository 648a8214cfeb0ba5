// When a connection to Redis connects, greets, is ready, waits and ends: the decisions, without socket or clock.

import NIOCore

/// Pure; the link performs what its functions return.
struct ConnectionState {
  enum Phase: Sendable, Equatable { case idle, connecting, greeting, ready, away, closed }

  /// What to do after a connection was lost or not made.
  struct Retry: Equatable {
    let delay: TimeAmount
    /// At most one warning a second, however often it fails.
    let logsWarning: Bool
  }

  enum Readiness: Equatable { case first, back, ignored }

  private(set) var phase = Phase.idle
  /// Why the connection is not ready, since when it is not; nil when it is.
  private(set) var problem: String?
  private var failures = 0
  private var lastWarning: NIODeadline?

  static let shortestDelay = TimeAmount.milliseconds(50)
  static let longestDelay = TimeAmount.seconds(2)

  /// True when a socket is to be opened now: at the start and when a retry is due.
  mutating func connect() -> Bool {
    guard phase == .idle || phase == .away else { return false }
    phase = .connecting
    return true
  }

  /// True when the new socket is wanted; otherwise it is to be closed.
  mutating func connected() -> Bool {
    guard phase == .connecting else { return false }
    phase = .greeting
    return true
  }

  mutating func greeted() -> Readiness {
    guard phase == .greeting else { return .ignored }
    phase = .ready
    let wasAway = problem != nil
    problem = nil
    failures = 0
    lastWarning = nil
    return wasAway ? .back : .first
  }

  /// What to do now; nil when nothing is, because all is over. `jitter` is a random number from 0 to 1.
  mutating func lost(_ problem: String, now: NIODeadline, jitter: Double) -> Retry? {
    guard phase == .connecting || phase == .greeting || phase == .ready else { return nil }
    phase = .away
    self.problem = problem
    let ceiling = min(
      Self.longestDelay.nanoseconds, Self.shortestDelay.nanoseconds << Int64(min(failures, 10)))
    failures += 1
    let warns = lastWarning.map { now - $0 >= .seconds(1) } ?? true
    if warns { lastWarning = now }
    // Between half of the delay and all of it: processes that lost Redis together do not come back together.
    let delay = TimeAmount.nanoseconds(Int64(Double(ceiling) * (0.5 + 0.5 * jitter)))
    return Retry(delay: delay, logsWarning: warns)
  }

  mutating func close() { phase = .closed }
}
