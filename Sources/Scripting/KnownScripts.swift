// Which scripts a runner has compiled. It forgets those that were not asked for the longest.

struct KnownScripts {
  private var lastCalls: [UInt32: UInt64] = [:]
  private var calls: UInt64 = 0
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Begins a call: what it uses stays until the next one begins.
  mutating func beginCall() { calls += 1 }

  /// - Returns: Whether the runner has yet to be told of it.
  mutating func use(_ identifier: UInt32) -> Bool {
    lastCalls.updateValue(calls, forKey: identifier) == nil
  }

  /// What the runner is to forget, as long as there are too many.
  mutating func popExcess() -> UInt32? {
    guard lastCalls.count > capacity, let oldest = lastCalls.min(by: { $0.value < $1.value }), oldest.value < calls
    else { return nil }
    lastCalls[oldest.key] = nil
    return oldest.key
  }
}
