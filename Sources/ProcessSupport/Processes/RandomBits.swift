// Random numbers that cannot be guessed, for ids. The kernel is asked for many at once: a call for each would cost as
// much as the rest of an id.

import Glibc
import Synchronization

package enum RandomBits {
  private struct Pool {
    var numbers: [UInt64] = []
  }

  private static let pool = Mutex(Pool())
  /// 256 bytes: as many as `getentropy` gives at once.
  private static let size = 32

  package static func next() -> UInt64 {
    pool.withLock { pool in
      if pool.numbers.isEmpty { fill(&pool) }
      return pool.numbers.removeLast()
    }
  }

  private static func fill(_ pool: inout Pool) {
    var numbers = [UInt64](repeating: 0, count: size)
    let failed = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress!, $0.count) } != 0
    if failed {
      var generator = SystemRandomNumberGenerator()
      for index in numbers.indices { numbers[index] = generator.next() }
    }
    pool.numbers = numbers
  }
}
