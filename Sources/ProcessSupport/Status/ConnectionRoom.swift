// Counts connections, so that a server stays small however many want in.

package import NIOCore
import Synchronization

package final class ConnectionRoom: Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)

  package init(limit: Int) {
    self.limit = limit
  }

  package var count: Int { used.load(ordering: .relaxed) }

  /// Takes a place until the connection closes; false when there is none.
  package func enter(until closed: EventLoopFuture<Void>) -> Bool {
    guard used.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
      used.wrappingSubtract(1, ordering: .relaxed)
      return false
    }
    closed.whenComplete { _ in self.used.wrappingSubtract(1, ordering: .relaxed) }
    return true
  }
}
