// Where these tests find test data from elsewhere, which is not part of the repository.
import Foundation
import Testing

/// The folder of shared test data: `../shared/data` beside the package, or what MILLRACE_SHARED_DATA names.
enum SharedData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["MILLRACE_SHARED_DATA"] { return URL(fileURLWithPath: path) }
    // <package>/Tests/JSONCodecTests/SharedData.swift
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/data")
  }()

  static let isPresent = FileManager.default.fileExists(atPath: folder.path)
  static let absence: Comment = "skipped: no shared test data; set MILLRACE_SHARED_DATA to its folder"

  /// Paths below the folder of all JSON files in one of its parts.
  static func files(in part: String) -> [String] {
    let root = folder.appending(path: part)
    let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".json") }.sorted().map { "\(part)/\($0)" }
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }
}
