// One at a time: executions whose worker has died twice. The next death then tells which of them was to blame.

import ExecutionQueue
import Synchronization

final class Quarantine: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    var tickets: UInt64 = 0
  }

  /// More than these are for other workers.
  private static let mostWaiting = 4

  private let state = Mutex(State())

  /// False when too many wait already, or when the task was cancelled meanwhile; then the body has not run.
  func run(_ body: () async -> Void) async -> Bool {
    guard await enter() else { return false }
    await body()
    leave()
    return true
  }

  private func enter() async -> Bool {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if !state.isTaken {
            state.isTaken = true
            return true
          }
          guard state.waiting.count < Self.mostWaiting else { return false }
          state.waiting.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
      }
      continuation?.resume(returning: false)
    }
  }

  private func leave() {
    let next = state.withLock { state in
      state.isTaken = !state.waiting.isEmpty
      return state.waiting.isEmpty ? nil : state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}

extension Delivery {
  /// Whether so many workers have died of it, or beside it, that it runs apart from others of the kind.
  var isSuspicious: Bool { crashes >= 2 }
}
