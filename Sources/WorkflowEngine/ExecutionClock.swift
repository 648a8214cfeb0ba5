// The queue's clock as far as this process knows it: what a process thinks of the time itself moves no timer.

import ProcessSupport

package struct ExecutionClock: Sendable {
  private let milliseconds: Int64
  private let asked: ContinuousClock.Instant
  private let answered: ContinuousClock.Instant

  /// The queue read `milliseconds` off its clock at some moment between the two.
  package init(milliseconds: Int64, asked: ContinuousClock.Instant, answered: ContinuousClock.Instant) {
    self.milliseconds = milliseconds
    self.asked = asked
    self.answered = answered
  }

  /// Where there is no queue.
  package init(milliseconds: Int64) {
    let now = ContinuousClock.now
    self.init(milliseconds: milliseconds, asked: now, answered: now)
  }

  /// It is at least this time: what is due then is due.
  var earliest: Int64 { milliseconds + (ContinuousClock.now - answered).milliseconds }
  /// It is at most this time: what begins now begins no later.
  var latest: Int64 { milliseconds + (ContinuousClock.now - asked).milliseconds + 1 }
}
