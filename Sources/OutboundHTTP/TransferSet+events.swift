// What libcurl waits for: sockets and one timer, handed on to the executor; and a second look at the deadlines.

import CCurl
import Executors

extension TransferSet {
  /// libcurl keeps no time for transfers that wait for a free connection. Its own timeouts come first, as they say
  /// more.
  private static let grace = Duration.milliseconds(50)
  private static let sweepPause = Duration.milliseconds(20)

  func watch(_ socket: curl_socket_t, what: Int32) {
    let events: PollEvents
    switch what {
    case CURL_POLL_IN: events = .readable
    case CURL_POLL_OUT: events = .writable
    case CURL_POLL_INOUT: events = [.readable, .writable]
    default: return executor.unwatch(descriptor: socket)
    }
    executor.watch(descriptor: socket, events: events) { [weak self] events in
      self?.act(on: socket, Self.readiness(events))
    }
  }

  func setTimer(milliseconds: Int) {
    wakeTime = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    arm()
  }

  func expectEnd(at deadline: ContinuousClock.Instant) {
    let time = deadline + Self.grace
    if let sweepTime, sweepTime <= time { return }
    sweepTime = time
    arm()
  }

  private static func readiness(_ events: PollEvents) -> Int32 {
    (events.contains(.readable) ? CURL_CSELECT_IN : 0) | (events.contains(.writable) ? CURL_CSELECT_OUT : 0)
      | (events.contains(.failed) ? CURL_CSELECT_ERR : 0)
  }

  private func arm() {
    guard let next = [wakeTime, sweepTime].compactMap({ $0 }).min() else { return executor.cancelTimer() }
    let wait = max(.zero, next - .now)
    // Rounded up, so that the time has come when the timer fires.
    let milliseconds = (wait + .microseconds(999)).wholeMilliseconds
    executor.setTimer(milliseconds: wait == .zero ? 0 : milliseconds) { [weak self] in self?.timeHasCome() }
  }

  private func timeHasCome() {
    let now = ContinuousClock.now
    if let wakeTime, wakeTime <= now {
      self.wakeTime = nil
      act(on: millrace_curl_no_socket(), 0)
    }
    if let sweepTime, sweepTime <= now { sweep(now) }
    arm()
  }

  private func sweep(_ now: ContinuousClock.Instant) {
    for transfer in running.values where transfer.deadline + Self.grace <= now {
      finish(transfer, with: transfer.outcome(CURLE_OPERATION_TIMEDOUT))
    }
    for order in waiting where order.deadline + Self.grace <= now {
      abort(order.id, order.lateness)
    }
    let next = (running.values.map(\.deadline) + waiting.map(\.deadline)).min().map { $0 + Self.grace }
    sweepTime = next.map { max($0, now + Self.sweepPause) }
  }
}
