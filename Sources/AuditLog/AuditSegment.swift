// The files of the audit log. Each process writes files of its own, `audit-<start ms>-<pid>.jsonl`, so that several may
// share a directory; a reader puts their lines in order.

import Glibc

package struct AuditSegment: Sendable, Hashable {
  package let path: String
  /// When the file was begun, milliseconds since 1970.
  package let start: Int64
  /// When it was last written to.
  package let end: Int64
  package let size: Int

  package static func name(start: Int64, process: Int32) -> String { "audit-\(start)-\(process).jsonl" }

  /// All of a directory, the oldest start first; nil when the directory cannot be read (see errno).
  package static func all(in directory: String) -> [AuditSegment]? {
    guard let stream = opendir(directory) else { return nil }
    defer { closedir(stream) }
    var found: [AuditSegment] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let segment = AuditSegment(name: name, in: directory) { found.append(segment) }
    }
    return found.sorted { ($0.start, $0.path) < ($1.start, $1.path) }
  }

  /// Nil for other files, and for one that has just been removed.
  private init?(name: String, in directory: String) {
    guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl") else { return nil }
    let numbers = name.dropFirst("audit-".count).dropLast(".jsonl".count).split(separator: "-")
    guard numbers.count == 2, let start = Int64(numbers[0]), Int32(numbers[1]) != nil else { return nil }
    let path = "\(directory)/\(name)"
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.path = path
    self.start = start
    end = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    size = Int(status.st_size)
  }
}
