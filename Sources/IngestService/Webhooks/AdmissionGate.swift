// Whether this process may promise anything: closed while Redis cannot give the durability that was asked for, or is nearly
// full.

import ExecutionQueue
package import Logging
import ProcessSupport
import Synchronization

package final class AdmissionGate: Sendable {
  private struct State {
    var problem: String?
    var pressure: String?
    var judged: ContinuousClock.Instant?
    var wasLookedAt = false
    var reports = LogPace(.seconds(5))
  }

  private let state = Mutex(State())
  private let logger: Logger

  package init(logger: Logger) {
    self.logger = logger
  }

  /// What a caller is told; nil when webhooks are admitted.
  package var problem: String? { state.withLock { $0.problem ?? $0.pressure } }

  /// Said after each look at Redis; before the first one by the program, so that nothing is promised until then.
  package func set(problem: String?) {
    state.withLock { state in
      state.problem = problem
      state.judged = .now
    }
  }

  /// Said after each look at Redis only.
  package func set(pressure: String?) {
    state.withLock { state in
      state.pressure = pressure
      state.wasLookedAt = true
    }
  }

  /// Whether there has been a look at Redis since this process began.
  var wasLookedAt: Bool { state.withLock { $0.wasLookedAt } }

  /// Whether `problem` is about the Redis that is there after this moment.
  func isJudged(after moment: ContinuousClock.Instant) -> Bool {
    state.withLock { $0.judged.map { $0 > moment } ?? false }
  }

  /// One line at once and then one in five seconds, with their number, however many webhooks fail.
  func report(_ error: QueueError, _ text: Logger.Message = "webhooks not admitted") {
    guard let count = state.withLock({ $0.reports.due(adding: 1) }) else { return }
    logger.warning(text, metadata: ["error": "\(error)", "count": "\(count)"])
  }
}
