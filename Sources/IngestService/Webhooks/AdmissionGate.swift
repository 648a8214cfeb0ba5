// Whether this process may promise anything: closed while Redis cannot give the durability that was asked for.

import ExecutionQueue
package import Logging
import Synchronization

package final class AdmissionGate: Sendable {
  private struct State {
    var problem: String?
    var lastReport: ContinuousClock.Instant?
    var unreported = 0
  }

  private let state = Mutex(State())
  private let logger: Logger

  package init(logger: Logger) {
    self.logger = logger
  }

  /// What a caller is told; nil when webhooks are admitted.
  package var problem: String? { state.withLock { $0.problem } }

  package func set(problem: String?) {
    state.withLock { $0.problem = problem }
  }

  /// At most one line a second, however many webhooks fail.
  func report(_ error: QueueError) {
    let count: Int? = state.withLock { state in
      state.unreported += 1
      guard state.lastReport.map({ .now - $0 > .seconds(1) }) ?? true else { return nil }
      state.lastReport = .now
      defer { state.unreported = 0 }
      return state.unreported
    }
    guard let count else { return }
    logger.warning("webhooks not admitted", metadata: ["error": "\(error)", "count": "\(count)"])
  }
}
