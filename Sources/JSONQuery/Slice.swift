// `[start:end:step]`, which means the same in both languages.

struct Slice: Sendable {
  var start: Int?
  var end: Int?
  var step = 1

  /// The positions it takes from so many elements, in order; none for a step of 0.
  func positions(in count: Int) -> StrideTo<Int> {
    let isForward = step > 0
    // Where a walk may stand: backwards it ends before the first element.
    let bounds = isForward ? 0...count : -1...count - 1
    func bounded(_ position: Int) -> Int {
      min(max(position < 0 ? position + count : position, bounds.lowerBound), bounds.upperBound)
    }
    let first = start.map(bounded) ?? (isForward ? bounds.lowerBound : bounds.upperBound)
    let last = end.map(bounded) ?? (isForward ? bounds.upperBound : bounds.lowerBound)
    return step == 0 ? stride(from: 0, to: 0, by: 1) : stride(from: first, to: last, by: step)
  }
}
