// Collects garbage between runs when the process has grown, so that one run's garbage is not held against the next.

import Glibc

struct Housekeeping {
  /// Kept open, because the lock-down lets nothing be opened.
  private let statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  private let pageSize = sysconf(Int32(_SC_PAGESIZE))
  /// Growth that is left to the engine's own collector.
  private let tolerated = 32 << 20
  private var lowest = Int.max
  private var afterCollection = 0
  private var lastLook = ContinuousClock.now
  private var lastCollection = ContinuousClock.now
  private var transferred = 0

  init() { lowest = residentBytes() }

  /// Looks at the memory only after so much work that there may be something to see.
  mutating func afterRun(_ engine: Engine, transferred bytes: Int) {
    transferred += bytes
    let now = ContinuousClock.now
    guard now - lastLook > .milliseconds(20) || transferred > 4 << 20 else { return }
    (lastLook, transferred) = (now, 0)
    let resident = residentBytes()
    lowest = min(lowest, resident)
    // Freed memory goes back to the kernel some time after a collection; until then it is no growth.
    let before = now - lastCollection < .seconds(1) ? afterCollection : lowest
    guard resident - before > tolerated else { return }
    engine.collectGarbage()
    (lastCollection, afterCollection) = (now, resident)
  }

  private func residentBytes() -> Int {
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { text in
      let count = max(0, pread(statm, text.baseAddress, text.count, 0))
      let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
      return fields.count > 1 ? (Int(fields[1]) ?? 0) * pageSize : 0
    }
  }
}
