// When a connection to Redis connects, greets, is ready, waits and ends: the decisions, without socket or clock.

import NIOCore

/// Pure; the link performs what its functions return.
struct ConnectionState {
  enum Phase: Sendable, Equatable { case idle, connecting, greeting, ready, away, closed }

  enum Readiness: Equatable { case first, back, ignored }

  private(set) var phase = Phase.idle
  /// Why the connection is not ready, since when it is not; nil when it is.
  private(set) var problem: String?
  /// Since a connection last was of use for a while.
  private var failures = 0

  static let shortestDelay = TimeAmount.milliseconds(50)
  static let longestDelay = TimeAmount.seconds(1)
  /// A connection that is lost sooner counts as one more failure: a server that hangs up on each is not to be stormed.
  static let usefulLife = TimeAmount.seconds(1)

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
    return wasAway ? .back : .first
  }

  /// When to connect again; nil when all is over. `jitter` is a random number from 0 to 1; `time` is how long the
  /// connection was ready, or how long the attempt took: that is part of the pause.
  mutating func lost(_ problem: String, jitter: Double, after time: TimeAmount) -> TimeAmount? {
    guard phase == .connecting || phase == .greeting || phase == .ready else { return nil }
    let wasReady = phase == .ready
    if wasReady, time >= Self.usefulLife { failures = 0 }
    phase = .away
    self.problem = problem
    let ceiling = min(
      Self.longestDelay.nanoseconds, Self.shortestDelay.nanoseconds << Int64(min(failures, 10)))
    failures += 1
    // Between half of the delay and all of it: processes that lost Redis together do not come back together.
    let pause = Int64(Double(ceiling) * (0.5 + 0.5 * jitter))
    return .nanoseconds(wasReady ? pause : max(0, pause - time.nanoseconds))
  }

  mutating func close() { phase = .closed }
}
