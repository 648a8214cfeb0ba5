// A call from the moment it is made until somebody settles it, once: the runner's answer, the end of the runner, or the
// caller, who does not wait any more.

import Synchronization

final class PendingCall: Sendable {
  enum Work: Sendable {
    case run(ScriptCall)
    case check(ScriptCode)
  }

  typealias Answer = Result<ScriptOutcome, ScriptFailure>

  private struct State {
    var continuation: CheckedContinuation<Answer, Never>?
    var answer: Answer?
    var runner: ScriptRunner?
  }

  let work: Work
  private let state = Mutex(State())

  init(_ work: Work) {
    self.work = work
  }

  /// - Returns: False when the call was settled before; then the continuation has been resumed.
  func wait(with continuation: CheckedContinuation<Answer, Never>) -> Bool {
    let answer = state.withLock { state in
      if state.answer == nil { state.continuation = continuation }
      return state.answer
    }
    if let answer { continuation.resume(returning: answer) }
    return answer == nil
  }

  /// - Returns: False when nobody waits for it any more.
  func begin(on runner: ScriptRunner) -> Bool {
    state.withLock { state in
      if state.answer == nil { state.runner = runner }
      return state.answer == nil
    }
  }

  /// Only the first answer counts.
  /// - Returns: The runner that was at work on it.
  @discardableResult
  func settle(_ answer: Answer) -> ScriptRunner? {
    let (continuation, runner) = state.withLock { state in
      if state.answer == nil { state.answer = answer }
      defer { (state.continuation, state.runner) = (nil, nil) }
      return (state.continuation, state.runner)
    }
    continuation?.resume(returning: answer)
    return runner
  }
}
