// Finding bytes in bytes with what the C library is fast at.

import Glibc

extension UnsafeRawBufferPointer {
  /// Where the bytes first stand; nil when they stand nowhere.
  func position(of part: [UInt8]) -> Int? {
    guard let start = baseAddress, let first = part.first, part.count <= count else { return nil }
    let last = start + (count - part.count)
    var place = start
    while place <= last, let found = memchr(place, Int32(first), last - place + 1) {
      if memcmp(found, part, part.count) == 0 { return UnsafeRawPointer(found) - start }
      place = UnsafeRawPointer(found) + 1
    }
    return nil
  }

  /// The place of the next end of a line.
  func lineEnd(from position: Int) -> Int? {
    guard let start = baseAddress, position < count,
      let found = memchr(start + position, Int32(UInt8(ascii: "\n")), count - position)
    else { return nil }
    return UnsafeRawPointer(found) - start
  }
}
