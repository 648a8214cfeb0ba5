// The middle of a few rounds: one that a neighbour on the machine has spoilt does not move it.

extension Collection where Element == Double {
  /// nil when empty; of an even number the mean of the two in the middle.
  var median: Double? {
    guard !isEmpty else { return nil }
    let ordered = sorted()
    return (ordered[(count - 1) / 2] + ordered[count / 2]) / 2
  }
}
