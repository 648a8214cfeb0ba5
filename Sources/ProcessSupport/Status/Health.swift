// Whether this process can do its work right now, as the sum of named checks that other parts keep up to date.

import Synchronization

package final class Health: Sendable {
  /// By check; nil for one that is well.
  private let checks = Mutex<[String: String?]>([:])

  package init() {}

  /// The problem is one line that says what is wrong; nil when all is well.
  package func set(check: String, problem: String?) {
    checks.withLock { $0[check] = .some(problem) }
  }

  /// Sorted by check.
  package var problems: [(check: String, problem: String)] {
    checks.withLock { checks in
      checks.sorted { $0.key < $1.key }.compactMap { check, problem in problem.map { (check, $0) } }
    }
  }

  package var isReady: Bool {
    checks.withLock { $0.values.allSatisfy { $0 == nil } }
  }
}
