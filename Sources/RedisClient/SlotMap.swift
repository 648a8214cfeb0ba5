// Which node of a cluster owns which slot, as CLUSTER SLOTS tells.

struct SlotMap: Sendable, Equatable {
  /// The primaries that own a slot, in the order of their first one.
  private(set) var primaries: [RedisAddress] = []
  /// Indices into `primaries`, -1 for a slot that nobody owns.
  private var owners = [Int16](repeating: -1, count: HashSlot.count)

  init() {}

  /// `host` is where the answer came from: nodes that do not know their own address are there.
  init?(_ answer: RedisValue, from host: String) {
    guard let rows = answer.array else { return nil }
    var ranges: [(slots: ClosedRange<Int>, primary: RedisAddress)] = []
    for row in rows {
      guard let row = row.array, row.count >= 3, let first = row[0].int, let last = row[1].int,
        0 <= first, first <= last, last < HashSlot.count,
        let node = row[2].array, node.count >= 2, let port = node[1].int
      else { return nil }
      let named = node[0].text ?? ""
      ranges.append((Int(first)...Int(last), .tcp(host: named.isEmpty || named == "?" ? host : named, port: Int(port))))
    }
    for (slots, primary) in ranges.sorted(by: { $0.slots.lowerBound < $1.slots.lowerBound }) {
      let index = index(of: primary)
      for slot in slots { owners[slot] = index }
    }
  }

  func owner(of slot: Int) -> RedisAddress? {
    owners[slot] < 0 ? nil : primaries[Int(owners[slot])]
  }

  mutating func set(_ slot: Int, owner: RedisAddress) {
    owners[slot] = index(of: owner)
  }

  private mutating func index(of primary: RedisAddress) -> Int16 {
    if let index = primaries.firstIndex(of: primary) { return Int16(index) }
    primaries.append(primary)
    return Int16(primaries.count - 1)
  }
}
