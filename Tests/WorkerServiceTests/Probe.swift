// What requests of a workflow meet: a door that the test opens, and a count of those before it.

import OutboundHTTP
import Scripting
import Synchronization
import WorkflowEngine

final class Probe: NodeServices {
  private struct State {
    var isOpen = true
    var calls = 0
    var inside = 0
    var most = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  var calls: Int { state.withLock { $0.calls } }
  var inside: Int { state.withLock { $0.inside } }
  /// The most that were inside at once.
  var most: Int { state.withLock { $0.most } }

  func shut() { state.withLock { $0.isOpen = false } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }

  func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    throw ScriptFailure(.unavailable, "this test runs no scripts")
  }

  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    let call = state.withLock { state in
      state.calls += 1
      state.inside += 1
      state.most = max(state.most, state.inside)
      return state.calls
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let passes = state.withLock { state in
          if state.isOpen || Task.isCancelled { return true }
          state.waiting[call] = continuation
          return false
        }
        if passes { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: call) }?.resume()
    }
    state.withLock { $0.inside -= 1 }
    if Task.isCancelled { throw OutboundError(kind: .canceled, message: "canceled") }
    return OutboundResponse(status: 200)
  }
}
