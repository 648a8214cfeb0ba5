// What this worker runs at the moment, so that an execution that was cancelled can be stopped in the middle.

import ExecutionQueue
import Synchronization

package final class RunningExecutions: Sendable {
  /// Valid for as long as it is registered: its task takes it out before it ends.
  @safe
  private struct Handle: @unchecked Sendable {
    private let task: UnsafeCurrentTask
    let ticket: UInt64

    init(_ task: UnsafeCurrentTask, ticket: UInt64) {
      unsafe self.task = task
      self.ticket = ticket
    }

    func cancel() { unsafe task.cancel() }
  }

  private struct State {
    var handles: [ExecutionToken: Handle] = [:]
    var canceled: Set<ExecutionToken> = []
    var tickets: UInt64 = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Runs the body as that execution.
  func run(_ token: ExecutionToken, _ body: () async -> Void) async {
    let ticket = register(token)
    await body()
    state.withLock { state in
      // Another run of it may have come here meanwhile, after this one had lost its lease.
      guard state.handles[token]?.ticket == ticket else { return }
      state.handles.removeValue(forKey: token)
      state.canceled.remove(token)
    }
  }

  /// Whether an operator has ended what runs here as that execution.
  func isCanceled(_ token: ExecutionToken) -> Bool { state.withLock { $0.canceled.contains(token) } }

  private func register(_ token: ExecutionToken) -> UInt64 {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    let handle = unsafe withUnsafeCurrentTask { task in
      unsafe task.map { unsafe Handle($0, ticket: ticket) }
    }
    state.withLock { state in
      state.handles[token] = handle
      // Of an earlier run: it was redriven since.
      state.canceled.remove(token)
    }
    return ticket
  }

  var isEmpty: Bool { state.withLock { $0.handles.isEmpty } }

  /// Ends those of them that run here, their requests included.
  func cancel(_ tokens: Set<ExecutionToken>) {
    state.withLock { state in
      for token in tokens {
        guard let handle = state.handles[token], state.canceled.insert(token).inserted else { continue }
        handle.cancel()
      }
    }
  }
}
