// Reads what the command line names: workflow files, bodies of requests, and small files of the kernel.

import Glibc
import ProcessSupport

enum TextFile {
  /// - Throws: With the code for missing input.
  static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    return try bytes(descriptor, name: path)
  }

  static func standardInput() throws(CommandFailure) -> [UInt8] {
    try bytes(STDIN_FILENO, name: "standard input")
  }

  /// Nil when it cannot be read.
  static func small(_ path: String) -> String? {
    (try? bytes(of: path)).map { String(decoding: $0, as: UTF8.self) }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func unwritable(_ path: String, _ code: Int32) -> CommandFailure {
    CommandFailure("\(path): cannot be written: \(String(cString: strerror(code)))")
  }

  static func unreadable(_ path: String, _ code: Int32) -> CommandFailure {
    let reason = String(cString: strerror(code))
    return CommandFailure(
      "\(path): \(reason.prefix(1).lowercased() + reason.dropFirst())", code: ExitCode.noInput)
  }

  private static func bytes(_ descriptor: Int32, name: String) throws(CommandFailure) -> [UInt8] {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(name, errno) }
      guard count > 0 else { return content }
      content += chunk[..<count]
    }
  }
}
