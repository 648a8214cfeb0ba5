// Comparing values that may be of any size, paid for as well.

import JSONCodec

extension WorkBudget {
  /// Equal as JSON: numbers as numbers, members in any order, strings by code points.
  mutating func areEqual(_ one: JSON, _ other: JSON) throws(QueryError) -> Bool {
    var waiting = [(one, other)]
    while let (one, other) = waiting.popLast() {
      guard one.kind == other.kind else { return false }
      switch one.kind {
      case .array:
        guard one.count == other.count else { return false }
        let pairs = zip(try children(of: one), try children(of: other))
        waiting.append(contentsOf: pairs)
      case .object:
        let (members, others) = (try members(of: one), JSONObject(distinct: try self.members(of: other)))
        guard members.count == others.count else { return false }
        for (key, value) in members {
          guard let other = others[key] else { return false }
          waiting.append((value, other))
        }
      default:
        try read(one)
        try read(other)
        guard one == other else { return false }
      }
    }
    return true
  }

  /// As `JSON.precedes`.
  mutating func precedes(_ one: JSON, _ other: JSON) throws(QueryError) -> Bool? {
    guard one.kind == other.kind, one.kind == .number || one.kind == .string else { return nil }
    try read(one)
    try read(other)
    return one.precedes(other)
  }
}
