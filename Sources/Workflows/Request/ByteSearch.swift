// Finding bytes in bytes, for the boundaries of multipart forms and for `includes`: the search of Knuth, Morris and
// Pratt (SIAM Journal on Computing 6, 1977), which takes linear time whatever a sender chose for both sides.

struct ByteSearch {
  private let part: [UInt8]
  /// How long the longest proper beginning of `part` is that ends at each of its bytes: where a match goes on after a
  /// byte that does not fit.
  private let borders: [Int]

  init(for part: [UInt8]) {
    var borders = [Int](repeating: 0, count: part.count)
    var length = 0
    for index in part.indices.dropFirst() {
      while length > 0, part[index] != part[length] { length = borders[length - 1] }
      if part[index] == part[length] { length += 1 }
      borders[index] = length
    }
    self.part = part
    self.borders = borders
  }

  func firstIndex(in whole: [UInt8], from start: Int = 0) -> Int? {
    guard let first = part.first else { return start }
    var (index, length) = (start, 0)
    while index < whole.count {
      if length == 0 {
        guard let next = whole[index...].firstIndex(of: first) else { return nil }
        index = next
      }
      if whole[index] == part[length] {
        (index, length) = (index + 1, length + 1)
        if length == part.count { return index - length }
      } else {
        // Not 0: a beginning was found above.
        length = borders[length - 1]
      }
    }
    return nil
  }
}
