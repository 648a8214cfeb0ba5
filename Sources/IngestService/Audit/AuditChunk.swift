// A piece of memory full of lines, on its way from an event loop to the disk.

import AuditLog

/// Sendable, because it has one holder at a time: the trail that fills it, the writer's queue under its lock, or the
/// thread that writes it; each gives it away and does not touch it again.
final class AuditChunk: @unchecked Sendable {
  static let size = 65_536

  private let memory = UnsafeMutableRawPointer.allocate(byteCount: AuditChunk.size, alignment: 16)
  private var count = 0
  private(set) var records = 0

  deinit { memory.deallocate() }

  var isEmpty: Bool { count == 0 }
  var hasRoom: Bool { count + AuditLine.longest <= Self.size }

  /// Only while it has room.
  func append(_ record: borrowing AuditRecord, at time: AuditStamp.Bytes) {
    count += AuditLine.write(record, at: time, to: memory + count)
    records += 1
  }

  /// Only while it has room.
  func append(_ line: [UInt8]) {
    UnsafeMutableRawBufferPointer(start: memory + count, count: line.count).copyBytes(from: line)
    count += line.count
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  func clear() {
    count = 0
    records = 0
  }
}
