// Reads one file of the audit log from its beginning, line by line, never more than a block of it in memory. A last line
// without an end may be one that is being written: it is read when its end is there.

import Glibc

final class SegmentCursor {
  let segment: AuditSegment
  private let descriptor: Int32
  private var block = [UInt8](repeating: 0, count: 65_536)
  private var start = 0
  private var end = 0

  /// Nil for a file that cannot be opened: another process may just have removed it.
  init?(_ segment: AuditSegment) {
    descriptor = open(segment.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    self.segment = segment
  }

  deinit { close(descriptor) }

  /// The next wanted line; nil when nothing more is there now.
  func next(_ matcher: AuditMatcher) -> AuditEntry? {
    while true {
      let (entry, position) = search(matcher)
      start = position
      if let entry { return entry }
      guard fill() else { return nil }
    }
  }

  /// In what has been read; the position behind what has been looked at.
  private func search(_ matcher: AuditMatcher) -> (entry: AuditEntry?, position: Int) {
    block.withUnsafeBytes { bytes in
      let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      var position = start
      while let lineEnd = bytes.lineEnd(from: position) {
        let line = UnsafeRawBufferPointer(rebasing: bytes[position..<lineEnd])
        position = lineEnd + 1
        if let time = matcher.time(ofWanted: line), let entry = AuditEntry(time: time, line: line) {
          return (entry, position)
        }
      }
      return (nil, position)
    }
  }

  /// False at the end of the file.
  private func fill() -> Bool {
    // A line that fills the block is none of ours.
    if start == 0, end == block.count { end = 0 }
    block.withUnsafeMutableBytes { bytes in
      if let memory = bytes.baseAddress { _ = memmove(memory, memory + start, end - start) }
    }
    end -= start
    start = 0
    while true {
      let count = block.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress?.advanced(by: end), bytes.count - end)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      end += count
      return true
    }
  }
}
