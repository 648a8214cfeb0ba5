// The names that a schema knows, found by the bytes of a key without making a string of it.

/// Each name has a slot, in the order they were given; names that occur twice have the slot of the first.
final class NameTable: Sendable {
  let names: [[UInt8]]
  /// Slots by hash, chains going on in the next place; −1 where there is none.
  private let places: [Int32]
  /// Which lengths occur, up to 63: most keys of a body that the schema does not know end here.
  private let lengths: UInt64
  /// Whether a few bytes of each name tell them apart well enough.
  private let isSampled: Bool

  private static let longestChain = 4

  init(_ names: [String]) {
    var seen: Set<[UInt8]> = []
    self.names = names.map { Array($0.utf8) }.filter { seen.insert($0).inserted }
    lengths = self.names.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
    let sampled = Self.places(of: self.names, isSampled: true)
    isSampled = sampled.longestChain <= Self.longestChain
    places = isSampled ? sampled.places : Self.places(of: self.names, isSampled: false).places
  }

  var count: Int { names.count }

  private static func places(of names: [[UInt8]], isSampled: Bool) -> (places: [Int32], longestChain: Int) {
    var size = 4
    while size < names.count * 2 { size *= 2 }
    var places = [Int32](repeating: -1, count: size)
    var longest = 0
    for (slot, name) in names.enumerated() {
      var place = hash(name.span, isSampled: isSampled) & (size - 1)
      var chain = 1
      while places[place] >= 0 {
        place = (place + 1) & (size - 1)
        chain += 1
      }
      places[place] = Int32(slot)
      longest = max(longest, chain)
    }
    return (places, longest)
  }

  func slot(of name: Span<UInt8>) -> Int? {
    guard lengths & 1 << UInt64(min(name.count, 63)) != 0 else { return nil }
    var place = Self.hash(name, isSampled: isSampled) & (places.count - 1)
    while places[place] >= 0 {
      let slot = Int(places[place])
      if name.hasSameBytes(as: names[slot]) { return slot }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  func slot(of name: String) -> Int? { slot(of: Array(name.utf8).span) }

  private static func hash(_ name: Span<UInt8>, isSampled: Bool) -> Int {
    guard !name.isEmpty else { return 0 }
    var hash = UInt32(truncatingIfNeeded: name.count)
    if isSampled {
      hash = hash &* 31 &+ UInt32(name[0])
      hash = hash &* 31 &+ UInt32(name[name.count / 2])
      hash = hash &* 31 &+ UInt32(name[name.count - 1])
    } else {
      for index in name.indices { hash = (hash ^ UInt32(name[index])) &* 16_777_619 }
    }
    return Int((hash &* 2_654_435_769) >> 8)
  }
}

extension Span<UInt8> {
  func hasSameBytes(as other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}

/// Which slots of a table have been seen; up to 64 without an allocation.
struct SlotSet {
  private var first: UInt64 = 0
  private var rest: [UInt64] = []

  init(count: Int) {
    if count > 64 { rest = Array(repeating: 0, count: (count - 1) / 64) }
  }

  mutating func insert(_ slot: Int) {
    if slot < 64 { first |= 1 << UInt64(slot) } else { rest[slot / 64 - 1] |= 1 << UInt64(slot % 64) }
  }

  func contains(_ slot: Int) -> Bool {
    let word = slot < 64 ? first : rest[slot / 64 - 1]
    return word & 1 << UInt64(slot % 64) != 0
  }
}
