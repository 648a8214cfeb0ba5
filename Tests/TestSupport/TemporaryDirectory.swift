// A directory of one test, under the system's temporary directory; gone when the value's last holder lets go of it.

import Foundation

package final class TemporaryDirectory: Sendable {
  package let path: String

  package init(_ name: String = "millrace-test") throws {
    let parent = FileManager.default.temporaryDirectory.path
    path = parent + (parent.hasSuffix("/") ? "" : "/") + "\(name)-\(UUID().uuidString.prefix(13).lowercased())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { remove() }

  /// Removes the directory and what is in it, now; twice does no harm.
  package func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the directory.
  package func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file, with the folders on the way to it; the file's path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    let target = file(name)
    let folder = (target as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: target, atomically: true, encoding: .utf8)
    return target
  }
}
