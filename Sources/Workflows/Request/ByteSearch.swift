// Finding bytes in bytes, for the boundaries of multipart forms and for `includes`: Horspool's search, which looks at
// few of the bytes when the wanted part is long.

struct ByteSearch {
  private let part: [UInt8]
  /// How far the part can move on when its last byte stands over this one.
  private let skips: [Int]

  init(for part: [UInt8]) {
    var skips = [Int](repeating: part.count, count: 256)
    for (index, byte) in part.dropLast().enumerated() { skips[Int(byte)] = part.count - 1 - index }
    self.part = part
    self.skips = skips
  }

  func firstIndex(in whole: [UInt8], from start: Int = 0) -> Int? {
    guard let last = part.last else { return start }
    var end = start + part.count - 1
    while end < whole.count {
      if whole[end] == last, matches(whole, endingAt: end) { return end - part.count + 1 }
      end += skips[Int(whole[end])]
    }
    return nil
  }

  private func matches(_ whole: [UInt8], endingAt end: Int) -> Bool {
    let start = end - part.count + 1
    for index in part.indices where whole[start + index] != part[index] { return false }
    return true
  }
}
