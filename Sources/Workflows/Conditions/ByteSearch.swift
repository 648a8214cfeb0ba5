// Finding bytes in bytes, for `includes` and for the boundaries of multipart forms.

enum ByteSearch {
  static func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
    firstIndex(of: part, in: whole, from: 0) != nil
  }

  /// Horspool's search: most bytes are never looked at when the part is long.
  static func firstIndex(of part: [UInt8], in whole: [UInt8], from start: Int) -> Int? {
    guard let last = part.last else { return start }
    guard whole.count - start >= part.count else { return nil }
    var skips = [Int](repeating: part.count, count: 256)
    for (index, byte) in part.dropLast().enumerated() { skips[Int(byte)] = part.count - 1 - index }
    var end = start + part.count - 1
    while end < whole.count {
      if whole[end] == last, matches(part, in: whole, endingAt: end) { return end - part.count + 1 }
      end += skips[Int(whole[end])]
    }
    return nil
  }

  private static func matches(_ part: [UInt8], in whole: [UInt8], endingAt end: Int) -> Bool {
    let start = end - part.count + 1
    for index in part.indices where whole[start + index] != part[index] { return false }
    return true
  }
}
