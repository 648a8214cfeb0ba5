// Where an export goes: standard output, which is mostly a pipe. When nobody reads there any more, the command ends,
// also while it has nothing to write.

import ExecutionQueue
import Glibc
import JSONCodec

struct ExportOutput {
  /// A script for psql instead of JSON lines.
  private let isScript: Bool
  /// Whether the script stands within a page, a transaction.
  private var isInPage = false

  init(isScript: Bool) {
    self.isScript = isScript
  }

  func begin() throws(CommandFailure) {
    if isScript { try write(Array(PostgresScript.head.utf8)) }
  }

  mutating func add(_ record: ExecutionRecord, _ document: JSON) throws(CommandFailure) {
    guard isScript else { return try write(document.bytesOfLine) }
    if !isInPage { try write(Array(PostgresScript.pageHead.utf8)) }
    isInPage = true
    try write(PostgresScript.row(record, document))
  }

  mutating func endPage() throws(CommandFailure) {
    if isInPage { try write(Array(PostgresScript.pageTail.utf8)) }
    isInPage = false
  }

  /// Whether somebody would read what comes next.
  func checkReader() throws(CommandFailure) {
    var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    if poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLERR) != 0 { throw Self.failure(EPIPE) }
  }

  private func write(_ bytes: [UInt8]) throws(CommandFailure) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(STDOUT_FILENO, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
      }
      if count > 0 {
        sent += count
      } else if errno != EINTR {
        throw Self.failure(errno)
      }
    }
  }

  private static func failure(_ code: Int32) -> CommandFailure {
    CommandFailure("standard output cannot be written: \(String(cString: strerror(code)))")
  }
}

extension JSON {
  /// Compact, with a line break behind it.
  fileprivate var bytesOfLine: [UInt8] { Array(text.utf8) + [UInt8(ascii: "\n")] }
}
