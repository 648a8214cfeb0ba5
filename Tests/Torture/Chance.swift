// Chance that can be had again: everything random in a run follows from its seed.

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// The same for the same numbers, whatever else has been asked for before.
  init(seed: UInt64, _ numbers: UInt64...) {
    state = seed
    for number in numbers {
      state ^= number &* 0x9e37_79b9_7f4a_7c15
      state = next()
    }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// True so often in a hundred.
  mutating func happens(_ percent: Int) -> Bool { number(1...100) <= percent }
}
