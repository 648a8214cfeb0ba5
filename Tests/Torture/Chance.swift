// Chance that can be had again: everything random in a run follows from its seed.

import TestSupport

struct Chance: RandomNumberGenerator, Sendable {
  private var generator: SeededGenerator

  /// The same for the same numbers, whatever else has been asked for before.
  init(seed: UInt64, _ numbers: UInt64...) {
    var state = seed
    for number in numbers {
      var mixing = SeededGenerator(seed: state ^ number &* 0x9e37_79b9_7f4a_7c15)
      state = mixing.next()
    }
    generator = SeededGenerator(seed: state)
  }

  mutating func next() -> UInt64 { generator.next() }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// True so often in a hundred.
  mutating func happens(_ percent: Int) -> Bool { number(1...100) <= percent }
}
