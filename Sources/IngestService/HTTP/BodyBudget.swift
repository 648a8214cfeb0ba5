// How many bytes of request bodies this process may hold at once: memory stays bounded whatever is sent.

import Synchronization

package final class BodyBudget: Sendable {
  private let used = Atomic<Int>(0)
  package let limit: Int

  package init(limit: Int) {
    self.limit = limit
  }

  package var inUse: Int { used.load(ordering: .relaxed) }

  /// False, and nothing reserved, when the bytes do not fit.
  func reserve(_ bytes: Int) -> Bool {
    let now = used.add(bytes, ordering: .relaxed).newValue
    if now <= limit { return true }
    used.subtract(bytes, ordering: .relaxed)
    return false
  }

  func release(_ bytes: Int) {
    used.subtract(bytes, ordering: .relaxed)
  }
}
