// What every source file keeps to.

import Foundation

extension Rule {
  static let longestFile = 400

  static let sources = [
    Rule(sentence: "no source file is longer than \(longestFile) lines") { tree in
      tree.swiftFiles(in: "Sources").compactMap { file in
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        return count > longestFile ? "\(file.path): \(count) lines" : nil
      }
    },
    Rule(sentence: "the process environment is read by ProcessSupport only") { tree in
      let files = tree.swiftFiles(in: "Sources").filter { $0.target != "ProcessSupport" }
      return places(in: files, having: ["environ", "getenv"]) { text in
        let reading = /\bgetenv\b|\bsecure_getenv\b|\benviron\b|\bprocessInfo\s*\.\s*environment\b/
        // The Unicode word boundary does not see one at the dot of "ProcessInfo.processInfo".
        return text.contains(reading.wordBoundaryKind(.simple))
      }
    },
    Rule(sentence: "nothing is public: targets share by package access") { tree in
      places(in: tree.swiftFiles(in: "Sources"), having: ["public", "open "]) { text in
        text.contains(/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:final|static|nonisolated|indirect|mutating)\s+)*public\b/)
          || text.contains(/^\s*open\s+(?:class|func|var|init|subscript)\b/)
      }
    },
    Rule(sentence: "no file names a folder of somebody's machine") { tree in
      let files = tree.files.filter { $0.target != "ArchitectureTests" }
      return linesOf(files, having: ["home", "root", "Users", "work"].map { "/\($0)/" }) { text in
        text.contains(/(?:^|[\s"'`=(:])\/(?:home|root|Users|work)\/\w/)
      }
    },
    Rule(sentence: "nothing is left for later in a comment") { tree in
      let files = tree.files.filter { $0.target != "ArchitectureTests" }
      return linesOf(files, having: ["TODO", "FIXME"]) { $0.contains(/\b(?:TODO|FIXME)\b/.wordBoundaryKind(.simple)) }
    },
  ]

  private static func places(
    in files: [ProjectFile], having words: [String], _ isWrong: (String) -> Bool
  ) -> [String] {
    files.flatMap { file in matches(file.path, file.code, words, isWrong) }
  }

  private static func linesOf(
    _ files: [ProjectFile], having words: [String], _ isWrong: (String) -> Bool
  ) -> [String] {
    files.flatMap { file in
      matches(file.path, file.lines.enumerated().map { ($0.offset + 1, $0.element) }, words, isWrong)
    }
  }

  /// The words are what makes a line worth the slower look.
  private static func matches(
    _ path: String, _ lines: [(Int, String)], _ words: [String], _ isWrong: (String) -> Bool
  ) -> [String] {
    lines.filter { line in words.contains { line.1.range(of: $0) != nil } && isWrong(line.1) }
      .map { "\(path):\($0.0): \($0.1.trimmingPrefix(while: \.isWhitespace))" }
  }
}
