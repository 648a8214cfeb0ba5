// Finds programs: Millrace's own next to the running one, others on the PATH.

import Glibc

package enum ExecutablePath {
  /// The program that runs now; nil where /proc is not mounted.
  package static var current: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A program in the directory of the running one; nil when it is not there.
  package static func sibling(named name: String) -> String? {
    guard let current, let slash = current.lastIndex(of: "/") else { return nil }
    let path = String(current[...slash] + name)
    return isExecutable(path) ? path : nil
  }

  /// What runs JavaScript; where it is missing, the first script says so.
  package static var scriptRunner: String { sibling(named: "millrace-script") ?? "millrace-script" }

  /// The first such program in a list of directories as PATH has it.
  package static func find(_ name: String, on path: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
