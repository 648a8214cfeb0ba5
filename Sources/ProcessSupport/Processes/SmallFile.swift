// Reads files of known small size: secrets, lists of addresses, and what the kernel tells under /proc. Kept free of Foundation, which
// ingest does not need.

import Glibc

package struct FileProblem: Error, Sendable {
  /// What the file is or does, to follow its name: "cannot be read: …".
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}

package enum SmallFile {
  /// The names in a directory without `.` and `..`; nil when it cannot be read (see errno).
  package static func names(in directory: String) -> [String]? {
    guard let stream = opendir(directory) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The content of a regular file, links followed; nil for anything that is not a regular file.
  package static func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8]? {
    // A pipe among the files would otherwise hold the start for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileProblem("cannot be read: \(lastSystemError())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileProblem("cannot be read: \(lastSystemError())") }
      guard count > 0 else { return content }
      content += chunk[..<count]
      guard content.count <= limit else { throw FileProblem("larger than \(ByteSize(bytes: limit))") }
    }
  }
}

/// The text of errno, in lower case to stand inside a sentence.
func lastSystemError(_ code: Int32 = errno) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}
