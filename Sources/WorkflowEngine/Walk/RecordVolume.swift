// How much one execution stores: it lies in Redis as a whole, and is read as a whole whenever a worker goes on with it.

import Synchronization

/// Counts the bytes of records, of earlier runs and of this one, over all branches.
final class RecordVolume: Sendable {
  static let most = 64 << 20

  private let bytes: Mutex<Int>

  init(_ bytes: Int) {
    self.bytes = Mutex(bytes)
  }

  /// False when there is no room for so many; then they do not count.
  func reserve(_ count: Int) -> Bool {
    bytes.withLock { bytes in
      guard bytes + count <= Self.most else { return false }
      bytes += count
      return true
    }
  }

  func hasRoom(for count: Int) -> Bool {
    bytes.withLock { $0 + count <= Self.most }
  }

  /// For what has to be kept in any case.
  func add(_ count: Int) {
    bytes.withLock { $0 += count }
  }
}
