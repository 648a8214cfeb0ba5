// What belongs together across folders.

extension Rule {
  static let everyNodeIsTestedAndTold = Rule(sentence: "every node has a test file and a section in docs/nodes.md") {
    tree in
    let tests = Set(tree.swiftFiles(in: "Tests/WorkflowEngineTests").map(\.name))
    let headings = tree.files.first { $0.path == "docs/nodes.md" }?.lines.filter { $0.hasPrefix("#") } ?? []
    let nodes = tree.swiftFiles(in: "Sources/WorkflowEngine/Nodes").filter { $0.name.hasSuffix("Node.swift") }
    return nodes.flatMap { file -> [String] in
      let test = "\(file.name.dropLast(".swift".count))Tests.swift"
      let type = nodeType(of: file)
      return [
        tests.contains(test) ? nil : "\(file.path) has no Tests/WorkflowEngineTests/\(test)",
        headings.contains { $0.contains("`\(type)`") } ? nil : "docs/nodes.md has no heading with `\(type)`",
      ].compactMap(\.self)
    }
  }

  static let topLevel = Rule(sentence: "the top level holds only what belongs there") { tree in
    let allowed: Set = [
      "Package.swift", "Package.resolved", "Sources", "Tests", "deploy", "Procfile", "README.md", "docs", "LICENSE",
    ]
    return tree.topLevel.filter { !$0.hasPrefix(".") && !allowed.contains($0) }
      .map { "\($0) does not belong at the top level" }
  }

  /// As written in `NodeType(name: "…"`, else the file's name in kebab case.
  private static func nodeType(of file: ProjectFile) -> String {
    let text = file.lines.joined(separator: "\n")
    if let match = text.firstMatch(of: /NodeType\(\s*name:\s*"([^"]+)"/) { return String(match.1) }
    return file.name.dropLast("Node.swift".count).reduce(into: "") { name, character in
      if character.isUppercase, !name.isEmpty { name += "-" }
      name += character.lowercased()
    }
  }
}
