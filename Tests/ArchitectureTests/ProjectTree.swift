// The project's files as the rules see them.

import Foundation

struct ProjectFile: Sendable {
  /// From the project's root, `Sources/Workflows/Node.swift` for example.
  let path: String
  let lines: [String]

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  var isSwift: Bool { path.hasSuffix(".swift") }

  /// The target's folder: `Workflows`.
  var target: String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[1]) : ""
  }

  /// Lines without their `//` comments, numbered from 1.
  var code: [(number: Int, text: String)] {
    lines.enumerated().map { index, line in
      (index + 1, line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line)
    }
  }

  /// Modules that the file imports, each with its line.
  var imports: [(number: Int, module: String)] {
    code.compactMap { number, text in
      // The pattern is slow, and few lines are worth it.
      guard text.hasPrefix("import ") || text.range(of: "import ") != nil else { return nil }
      let pattern =
        /^\s*(?:@\w+\s+)*(?:(?:package|internal|public|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|var|let)\s+)?(\w+)/
      return text.firstMatch(of: pattern).map { (number, String($0.1)) }
    }
  }
}

struct ProjectTree: Sendable {
  let topLevel: [String]
  /// Text files under Sources, Tests, docs and deploy, and those at the top.
  let files: [ProjectFile]

  init(root: URL) throws {
    topLevel = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    var paths = topLevel.filter { !$0.hasPrefix(".") }
    for folder in ["Sources", "Tests", "docs", "deploy"] {
      let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects ?? []
      paths += names.compactMap { $0 as? String }.map { "\(folder)/\($0)" }
    }
    files = paths.sorted().compactMap { path in
      // What is no UTF-8 text, a folder or a picture, has no lines to look at.
      guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
      return ProjectFile(
        path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }

  /// The tree that this file belongs to.
  static func ofThisProject(file: String = #filePath) throws -> ProjectTree {
    let here = URL(filePath: file).deletingLastPathComponent().resolvingSymlinksInPath()
    return try ProjectTree(root: here.deletingLastPathComponent().deletingLastPathComponent())
  }

  func swiftFiles(in folder: String) -> [ProjectFile] {
    files.filter { $0.isSwift && $0.path.hasPrefix(folder + "/") }
  }
}
