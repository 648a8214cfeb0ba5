// Finding bytes in bytes.

import TestSupport
import Testing

@testable import Workflows

@Suite("Bytes in bytes")
struct ByteSearchTests {
  @Test("finds what looking at every place finds")
  func random() {
    let seed = UInt64.random(in: 1...UInt64(UInt32.max))
    print("ByteSearchTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      // Two letters only: parts that nearly fit are common.
      let whole = (0..<Int.random(in: 0...30, using: &generator)).map { _ in UInt8.random(in: 0...1, using: &generator)
      }
      let part = (0..<Int.random(in: 0...6, using: &generator)).map { _ in UInt8.random(in: 0...1, using: &generator) }
      let start = Int.random(in: 0...whole.count, using: &generator)
      let expected = (start..<whole.count + 1).first { whole[$0...].starts(with: part) }
      #expect(ByteSearch(for: part).firstIndex(in: whole, from: start) == expected, "\(part) in \(whole) from \(start)")
    }
  }

  @Test("a sender cannot make it slow", .timeLimit(.minutes(1)))
  func hostile() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 4_000)
    let part = letters + [UInt8(ascii: "b")] + letters
    let whole = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000_000)
    #expect(ByteSearch(for: part).firstIndex(in: whole) == nil)
    #expect(ByteSearch(for: part).firstIndex(in: whole + part) == whole.count - 0)
  }
}
