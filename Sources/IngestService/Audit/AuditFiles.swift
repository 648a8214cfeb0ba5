// The audit log's files: lines are added to one of this process's own, a new one is begun at a sixteenth of the size
// that all may have, and the oldest are removed beyond that size, whoever wrote them.

import AuditLog
import Glibc
import ProcessSupport

package struct AuditFileError: Error {
  package let message: String

  init(_ action: String, _ path: String, _ code: Int32) {
    message = "cannot \(action) \(path): \(String(cString: strerror(code)))"
  }
}

/// Touched by one thread at a time.
package struct AuditFiles: ~Copyable, Sendable {
  /// Opens a file that does not exist yet; a descriptor, or -1 and errno.
  package typealias Opening = @Sendable (_ path: String) -> Int32

  private let directory: String
  private let size: Int
  private let opening: Opening
  private var current: (path: String, descriptor: Int32, size: Int)?

  /// However small the files are.
  static let mostFiles = 512

  package init(
    directory: String, size: Int,
    opening: @escaping Opening = { open($0, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o640) }
  ) {
    self.directory = directory
    self.size = size
    self.opening = opening
  }

  deinit {
    if let current { close(current.descriptor) }
  }

  private var segmentSize: Int { max(size / 16, 1) }

  /// Adds all the bytes or none of them.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(AuditFileError) {
    // Another process may have removed the file to make room; what is written to it then is lost.
    if let current, current.size >= segmentSize || Self.isGone(current.descriptor) { finish() }
    if current == nil { try begin() }
    guard let current else { return }
    var sent = 0
    while sent < bytes.count {
      let count = write(current.descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = AuditFileError("write to", current.path, count < 0 ? errno : ENOSPC)
        // No half of a line stays, and the next try is on a file that can be opened.
        if sent > 0 { ftruncate(current.descriptor, off_t(current.size)) }
        finish()
        throw error
      }
      sent += count
    }
    self.current?.size += sent
  }

  /// Ends the present file; the next bytes begin another one.
  mutating func finish() {
    guard let current else { return }
    close(current.descriptor)
    // What nothing could be written to.
    if current.size == 0 { unlink(current.path) }
    self.current = nil
  }

  private mutating func begin() throws(AuditFileError) {
    try Self.make(directory)
    removeOldest()
    var start = WallClock.milliseconds
    while true {
      let path = "\(directory)/\(AuditSegment.name(start: start, process: getpid()))"
      let descriptor = opening(path)
      if descriptor >= 0 {
        current = (path, descriptor, 0)
        return
      }
      // Two processes in containers may have the same number.
      guard errno == EEXIST else { throw AuditFileError("write to", path, errno) }
      start += 1
    }
  }

  /// Leaves room for one more file of the full size.
  private func removeOldest() {
    guard let all = AuditSegment.all(in: directory) else { return }
    var rest = all.reduce(0) { $0 + $1.size }
    var count = all.count
    for segment in all.sorted(by: { ($0.end, $0.start) < ($1.end, $1.start) }) {
      guard rest > size - segmentSize || count >= Self.mostFiles else { return }
      if unlink(segment.path) == 0 || errno == ENOENT {
        rest -= segment.size
        count -= 1
      }
    }
  }

  private static func isGone(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) != 0 || status.st_nlink == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func make(_ directory: String) throws(AuditFileError) {
    var made = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      made += "/\(part)"
      if mkdir(made, 0o750) != 0, errno != EEXIST { throw AuditFileError("make the directory", directory, errno) }
    }
  }
}
