// The journal's files: segments with a number each, written by one process at a time, synced before anything is
// confirmed, removed when all that is in them has been admitted.

import Glibc
import NIOCore

package struct JournalError: Error, CustomStringConvertible {
  package let message: String

  package var description: String { message }

  init(_ message: String) {
    self.message = message
  }

  init(_ action: String, _ path: String, _ code: Int32) {
    message = "cannot \(action) \(path): \(String(cString: strerror(code)))"
  }
}

/// Touched by one thread at a time.
package struct JournalFiles: ~Copyable, Sendable {
  package struct Segment: Sendable, Equatable {
    package let number: UInt64
    package let path: String
    package var size: Int
  }

  private let directory: String
  private let lock: Int32
  private var current: (segment: Segment, descriptor: Int32)?
  /// Segments that are complete, the oldest first.
  package private(set) var closed: [Segment] = []
  private var nextNumber: UInt64 = 1

  private static let segmentSize = 16 << 20
  private static let suffix = ".journal"
  private static let tornSuffix = ".torn"

  /// Takes the directory for this process.
  package init(directory: String) throws(JournalError) {
    let lock = try Self.take(directory)
    let content: (segments: [Segment], nextNumber: UInt64)
    do throws(JournalError) {
      content = try Self.content(of: directory)
    } catch {
      close(lock)
      throw error
    }
    self.lock = lock
    self.directory = directory
    closed = content.segments
    nextNumber = content.nextNumber
  }

  private static func take(_ directory: String) throws(JournalError) -> Int32 {
    var made = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      let parent = made.isEmpty ? "/" : made
      made += "/\(part)"
      if mkdir(made, 0o750) == 0 {
        try sync(folder: parent)
      } else if errno != EEXIST {
        throw JournalError("make the directory", directory, errno)
      }
    }
    let path = "\(directory)/lock"
    let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard lock >= 0 else { throw JournalError("open", path, errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw JournalError("another process has its journal in \(directory); give each a directory of its own")
    }
    return lock
  }

  /// The names in a folder are on the disk when this returns.
  private static func sync(folder: String) throws(JournalError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError("open", folder, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw JournalError("sync", folder, errno) }
  }

  /// The segments, the oldest first, and a number that no file has had, those set aside included.
  private static func content(
    of directory: String
  ) throws(JournalError) -> (segments: [Segment], nextNumber: UInt64) {
    var segments: [Segment] = []
    var highest: UInt64 = 0
    for name in try names(in: directory) {
      let isSetAside = name.hasSuffix(suffix + tornSuffix)
      let bare = isSetAside ? name.dropLast(tornSuffix.count) : name[...]
      guard bare.hasSuffix(suffix), let number = UInt64(bare.dropLast(suffix.count)) else { continue }
      highest = max(highest, number)
      if isSetAside { continue }
      var status = stat()
      let path = "\(directory)/\(name)"
      guard stat(path, &status) == 0 else { throw JournalError("read", path, errno) }
      segments.append(Segment(number: number, path: path, size: Int(status.st_size)))
    }
    return (segments.sorted { $0.number < $1.number }, highest + 1)
  }

  private static func names(in directory: String) throws(JournalError) -> [String] {
    guard let listing = opendir(directory) else { throw JournalError("read", directory, errno) }
    defer { closedir(listing) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(listing) else { break }
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        })
    }
    guard errno == 0 else { throw JournalError("read", directory, errno) }
    return names
  }

  deinit {
    if let current { close(current.descriptor) }
    close(lock)
  }

  package var size: Int { closed.reduce(current?.segment.size ?? 0) { $0 + $1.size } }
  package var isEmpty: Bool { closed.isEmpty && current == nil }

  /// Returns when the bytes are on the disk. When it throws, none of them count.
  mutating func append(_ bytes: ByteBuffer) throws(JournalError) {
    if let current, current.segment.size >= Self.segmentSize { endSegment() }
    if current == nil { try begin() }
    guard let (segment, descriptor) = current else { return }
    do throws(JournalError) {
      try Self.write(bytes, to: descriptor, segment.path)
      guard fdatasync(descriptor) == 0 else { throw JournalError("sync", segment.path, errno) }
    } catch {
      // After a failed write or sync nobody knows what is on the disk: the segment ends before it.
      ftruncate(descriptor, off_t(segment.size))
      endSegment()
      throw error
    }
    current?.segment.size += bytes.readableBytes
  }

  private static func write(_ bytes: ByteBuffer, to descriptor: Int32, _ path: String) throws(JournalError) {
    var rest = bytes
    while rest.readableBytes > 0 {
      let count = rest.withUnsafeReadableBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw JournalError("write to", path, count < 0 ? errno : ENOSPC) }
      rest.moveReaderIndex(forwardBy: count)
    }
  }

  private mutating func begin() throws(JournalError) {
    let digits = String(nextNumber)
    let path = "\(directory)/\(String(repeating: "0", count: 20 - digits.count))\(digits)\(Self.suffix)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw JournalError("write to", path, errno) }
    let number = nextNumber
    nextNumber += 1
    do throws(JournalError) {
      // The file's name must be on the disk too.
      try Self.sync(folder: directory)
    } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
    current = (Segment(number: number, path: path, size: 0), descriptor)
  }

  /// What is written next begins another segment.
  mutating func endSegment() {
    guard let (segment, descriptor) = current else { return }
    close(descriptor)
    current = nil
    if segment.size == 0 { unlink(segment.path) } else { closed.append(segment) }
  }

  mutating func remove(_ segment: Segment) {
    unlink(segment.path)
    closed.removeAll { $0.number == segment.number }
  }

  /// Keeps what cannot be read for somebody who can.
  mutating func setAside(_ segment: Segment) {
    rename(segment.path, segment.path + Self.tornSuffix)
    closed.removeAll { $0.number == segment.number }
  }

  /// All that counts of it, and no less: what this gives is removed afterwards.
  static func read(_ segment: Segment) throws(JournalError) -> ByteBuffer {
    let descriptor = open(segment.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError("read", segment.path, errno) }
    defer { close(descriptor) }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(segment.size)
    while buffer.readableBytes < segment.size {
      let rest = segment.size - buffer.readableBytes
      var failure: Int32 = 0
      let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: min(rest, 1 << 20)) { space in
        let count = Glibc.read(descriptor, space.baseAddress, min(space.count, rest))
        if count < 0 { failure = errno }
        return max(0, count)
      }
      if failure == EINTR { continue }
      guard failure == 0 else { throw JournalError("read", segment.path, failure) }
      guard count > 0 else {
        throw JournalError("\(segment.path) is shorter than the \(segment.size) bytes that were written to it")
      }
    }
    return buffer
  }
}
