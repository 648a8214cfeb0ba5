// Ctrl-C and its like: the first asks for a clean stop, a second one ends everything at once.

import Dispatch
import Glibc
import Synchronization

final class StopSignals: Sendable {
  private struct State {
    var count = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    var whenRepeated: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// From now on these signals no longer end the process by themselves.
  init() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // The sources live as long as the process: nothing else may take the signals over.
      source.setEventHandler { [self] in arrived(source) }
      source.resume()
    }
  }

  /// Returns at the first signal.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.count == 0 { state.waiters.append(continuation) }
        return state.count > 0
      }
      if isOver { continuation.resume() }
    }
  }

  var hasArrived: Bool { state.withLock { $0.count > 0 } }

  /// What a second signal does.
  func whenRepeated(_ action: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      state.whenRepeated = action
      return state.count > 1
    }
    if isDue { action() }
  }

  private func arrived(_ source: any DispatchSourceSignal) {
    let (waiters, action) = state.withLock { state in
      state.count += Int(source.data)
      defer { state.waiters = [] }
      return (state.waiters, state.count > 1 ? state.whenRepeated : nil)
    }
    for waiter in waiters { waiter.resume() }
    action?()
  }
}
