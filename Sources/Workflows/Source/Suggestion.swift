// "Did you mean": the nearest known name to a mistyped one.

enum Suggestion {
  /// ` (did you mean "x"?)`, or nothing when no name is near.
  static func text(for name: String, among names: some Sequence<String>) -> String {
    guard let nearest = nearest(to: name, among: names) else { return "" }
    return " (did you mean \"\(nearest)\"?)"
  }

  static func nearest(to name: String, among names: some Sequence<String>) -> String? {
    // Names come from files: a bound keeps a hostile one from costing time.
    guard !name.isEmpty, name.utf8.count <= 128 else { return nil }
    let wanted = Array(name.lowercased().utf8)
    let limit = max(1, min(3, wanted.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in names where candidate.utf8.count <= 128 {
      let distance = distance(wanted, Array(candidate.lowercased().utf8))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard abs(left.count - right.count) <= 3 else { return .max }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          current[column] = min(current[column], before[column - 2] + 1)
        }
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
