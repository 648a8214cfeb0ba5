// How many executions this worker may run at once.

import Synchronization

package final class Slots: Sendable {
  private struct State {
    var free: Int
    var running = 0
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var tickets: UInt64 = 0
  }

  package let count: Int
  private let state: Mutex<State>

  package init(count: Int) {
    self.count = count
    state = Mutex(State(free: count))
  }

  package var running: Int { state.withLock { $0.running } }

  /// Reserves all free slots, at least one, and waits for it; none when the task is cancelled.
  func takeFree() async -> Int {
    while !Task.isCancelled {
      let taken = state.withLock { state in
        let taken = max(0, state.free)
        state.free -= taken
        return taken
      }
      if taken > 0 { return taken }
      await wait { $0.free > 0 }
    }
    return 0
  }

  /// Turns a reservation into `started` running executions. They may be a few more than were reserved: a read over
  /// several streams can bring more than was asked for.
  func start(_ started: Int, reserved: Int) {
    change { state in
      state.free += reserved - started
      state.running += started
    }
  }

  func finish() {
    change { state in
      state.free += 1
      state.running -= 1
    }
  }

  private func change(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting.removeAll() }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }

  /// Returns when nothing runs, or when the task is cancelled.
  func allFinished() async {
    while !Task.isCancelled, running > 0 { await wait { $0.running == 0 } }
  }

  private func wait(until isDone: @Sendable (State) -> Bool) async {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if isDone(state) || Task.isCancelled { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
  }
}
