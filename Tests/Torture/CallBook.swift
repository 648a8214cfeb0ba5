// Every call of the target, in the order of arrival: a call's serial number is its place here, from 1.

import Synchronization

final class CallBook: Sendable {
  private struct State {
    var calls: [Call] = []
    /// Open calls of `limited` by execution: a killed worker's call and its repetition are one execution.
    var limited: [ExecutionKey: Int] = [:]
    var mostLimited = 0
    /// Failures of a node so far, until it succeeds.
    var failures: [ExecutionKey: Int] = [:]
    var unreadable = 0
  }

  private let state = Mutex(State())

  var calls: [Call] { state.withLock { $0.calls } }
  var count: Int { state.withLock { $0.calls.count } }
  /// The most executions of `limited` that had an open call at one moment.
  var mostLimited: Int { state.withLock { $0.mostLimited } }
  /// Calls that name no execution or no step.
  var unreadable: Int { state.withLock { $0.unreadable } }

  func noteUnreadable() { state.withLock { $0.unreadable += 1 } }

  /// The call's serial number, and how often its node has failed before.
  func arrive(_ call: Call) -> (serial: Int, failures: Int) {
    state.withLock { state in
      state.calls.append(call)
      if call.workflow == .limited {
        state.limited[call.key, default: 0] += 1
        state.mostLimited = max(state.mostLimited, state.limited.count)
      }
      return (state.calls.count, state.failures[call.key] ?? 0)
    }
  }

  /// Nothing when the call has ended before.
  func end(_ serial: Int, _ outcome: Call.Outcome, at moment: Moment, retryAfter: Int = 0) {
    state.withLock { state in
      guard state.calls[serial - 1].outcome == .open else { return }
      state.calls[serial - 1].outcome = outcome
      state.calls[serial - 1].end = moment
      state.calls[serial - 1].retryAfter = UInt8(clamping: retryAfter)
      let call = state.calls[serial - 1]
      if call.workflow == .limited, let open = state.limited[call.key] {
        state.limited[call.key] = open > 1 ? open - 1 : nil
      }
      if call.workflow == .retried {
        if outcome == .answered { state.failures[call.key] = nil } else { state.failures[call.key, default: 0] += 1 }
      }
    }
  }
}
