// How often the log tells of what may happen often: a line at once, then one in an interval, with the sum since the last.

package struct LogPace: Sendable {
  private let interval: Duration
  private var last: ContinuousClock.Instant?
  private var sum = 0

  package init(_ interval: Duration = .seconds(1)) {
    self.interval = interval
  }

  /// What the line is to say that is due now; nil when none is. Asked again without an addition, it gives what the last
  /// line has not told of yet.
  package mutating func due(adding count: Int = 0, at now: ContinuousClock.Instant = .now) -> Int? {
    sum += count
    guard sum > 0, last.map({ now - $0 >= interval }) ?? true else { return nil }
    last = now
    defer { sum = 0 }
    return sum
  }
}
