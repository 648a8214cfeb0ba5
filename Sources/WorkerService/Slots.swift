// How many executions this worker may run at once.
//
// Urgent and regular work share the slots, and none is kept free for either. When one kind has taken them all, a few of
// the other may run beyond the number: a quarter of it for urgent work, so that callers need not wait for long
// executions, and an eighth for regular work, so that a flood of calls does not stop it.

import ExecutionQueue
import Synchronization

package final class Slots: Sendable {
  private struct Entrant {
    let ticket: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var running: [Intake: Int] = [.urgent: 0, .regular: 0]
    /// Deliveries that came although the last slot had gone meanwhile.
    var entering: [Intake: [Entrant]] = [.urgent: [], .regular: []]
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var tickets: UInt64 = 0

    var total: Int { running.values.reduce(0, +) }

    mutating func ticket() -> UInt64 {
      tickets += 1
      return tickets
    }
  }

  package let count: Int
  private let state = Mutex(State())

  package init(count: Int) {
    self.count = count
  }

  package var running: Int { state.withLock { $0.total } }

  private func limit(_ intake: Intake, in state: State) -> Int {
    switch intake {
    case .urgent: max(count - (state.running[.regular] ?? 0), (count + 3) / 4)
    case .regular: max(count - (state.running[.urgent] ?? 0), (count + 7) / 8)
    }
  }

  private func free(_ intake: Intake, in state: State) -> Int {
    limit(intake, in: state) - (state.running[intake] ?? 0) - (state.entering[intake]?.count ?? 0)
  }

  /// How many of this kind may start now, at least one, and waits for it; none when the task is cancelled.
  func free(for intake: Intake) async -> Int {
    while !Task.isCancelled {
      let found = state.withLock { free(intake, in: $0) }
      if found > 0 { return found }
      await wait { self.free(intake, in: $0) > 0 }
    }
    return 0
  }

  /// What dead workers left comes before all else: beyond the number too, by a quarter of it at most.
  var freeForRescue: Int {
    state.withLock { max(0, count + (count + 3) / 4 - $0.total) }
  }

  /// Takes a slot at once if there is one, or if it must be.
  func tryToEnter(_ intake: Intake, forced: Bool) -> Bool {
    state.withLock { state in
      guard forced || free(intake, in: state) > 0 else { return false }
      state.running[intake, default: 0] += 1
      return true
    }
  }

  /// Takes a slot, after waiting for it. False when the task was cancelled meanwhile.
  func enter(_ intake: Intake) async -> Bool {
    let ticket = state.withLock { $0.ticket() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if free(intake, in: state) > 0 {
            state.running[intake, default: 0] += 1
            return true
          }
          state.entering[intake, default: []].append(Entrant(ticket: ticket, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let entrant = state.withLock { state in
        state.entering[intake]?.firstIndex { $0.ticket == ticket }.flatMap { state.entering[intake]?.remove(at: $0) }
      }
      entrant?.continuation.resume(returning: false)
    }
  }

  func leave(_ intake: Intake) {
    let (entrants, waiting) = state.withLock { state in
      state.running[intake, default: 0] -= 1
      var entrants: [Entrant] = []
      for intake in Intake.allCases {
        while state.entering[intake]?.isEmpty == false, (state.running[intake] ?? 0) < limit(intake, in: state) {
          if let first = state.entering[intake]?.removeFirst() { entrants.append(first) }
          state.running[intake, default: 0] += 1
        }
      }
      defer { state.waiting.removeAll() }
      return (entrants, state.waiting)
    }
    for entrant in entrants { entrant.continuation.resume(returning: true) }
    for continuation in waiting.values { continuation.resume() }
  }

  /// Returns when nothing runs, or when the task is cancelled.
  func allFinished() async {
    while !Task.isCancelled, running > 0 { await wait { $0.total == 0 } }
  }

  private func wait(until isDone: @Sendable (State) -> Bool) async {
    let ticket = state.withLock { $0.ticket() }
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

extension Delivery {
  var intake: Intake { priority == .high ? .urgent : .regular }
}
