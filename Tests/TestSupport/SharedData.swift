// Where tests find data that is not part of the repository: `../shared/data` beside the package, or what
// MILLRACE_SHARED_DATA names.

import Foundation

package enum SharedData {
  package static let folder: String = {
    if let path = ProcessInfo.processInfo.environment["MILLRACE_SHARED_DATA"] { return path }
    // <package>/Tests/TestSupport/SharedData.swift
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/data").path
  }()

  package static let isPresent = FileManager.default.fileExists(atPath: folder)
  package static let absence = "skipped: no shared test data; set MILLRACE_SHARED_DATA to its folder"

  /// Paths below the folder of all files of one of its parts whose names end so.
  package static func files(in part: String, ending: String) -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder + "/" + part)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(ending) }.sorted().map { "\(part)/\($0)" }
  }

  package static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
  }
}
