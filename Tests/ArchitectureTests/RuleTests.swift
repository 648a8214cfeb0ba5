// The rules themselves: each finds what it is for in a made-up project, and nothing in a clean one.

import Foundation
import Testing

@Suite struct RuleTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String: String]
    /// In what the one broken rule says; nil for a clean project.
    let violation: String?

    init(_ description: String, _ files: [String: String], violation: String?) {
      testDescription = description
      self.files = files
      self.violation = violation
    }
  }

  static let examples = [
    Example(
      "imports downwards, and outside modules",
      [
        "Sources/Catalog/Catalog.swift": "import Foundation\npackage import JSONCodec\n// import WorkerService\n",
        "Sources/RedisClient/Client.swift": "@preconcurrency import CHiredis\n",
      ], violation: nil),
    Example(
      "an import upwards", ["Sources/Workflows/Node.swift": "import JSONCodec\nimport Catalog\n"],
      violation: "Sources/Workflows/Node.swift:2: Workflows (floor 1) imports Catalog (floor 3)"),
    Example(
      "an import sideways", ["Sources/Workflows/Node.swift": "package import struct RedisClient.RedisURL\n"],
      violation: "Workflows (floor 1) imports RedisClient (floor 1)"),
    Example(
      "a target without a floor", ["Sources/Attic/Box.swift": "struct Box {}\n"],
      violation: "Sources/Attic has no floor"),
    Example(
      "a C library in strange hands", ["Sources/Catalog/Catalog.swift": "internal import CCurl\n"],
      violation: "Sources/Catalog/Catalog.swift:1: CCurl belongs to OutboundHTTP"),
    Example(
      "a C library in a test", ["Tests/RedisClientTests/Tests.swift": "import CHiredis\n"],
      violation: "CHiredis belongs to RedisClient"),
    Example(
      "ingest that reaches curl by two steps",
      [
        "Sources/millrace-ingest/main.swift": "import Catalog\n",
        "Sources/Catalog/Catalog.swift": "import OutboundHTTP\n",
      ], violation: "millrace-ingest reaches OutboundHTTP: millrace-ingest → Catalog → OutboundHTTP"),
    Example(
      "a file of the greatest length",
      ["Sources/Catalog/Long.swift": String(repeating: "\n", count: Rule.longestFile)], violation: nil),
    Example(
      "a file that is too long",
      ["Sources/Catalog/Long.swift": String(repeating: "\n", count: Rule.longestFile + 1)],
      violation: "Sources/Catalog/Long.swift: 401 lines"),
    Example(
      "the environment read where it may be",
      [
        "Sources/ProcessSupport/Environment.swift": "let all = environ\n",
        "Sources/Catalog/Catalog.swift": "let environment = settings.environment // not getenv\n",
      ], violation: nil),
    Example(
      "getenv elsewhere", ["Sources/Catalog/Catalog.swift": "let path = getenv(\"PATH\")\n"],
      violation: "Sources/Catalog/Catalog.swift:1: let path"),
    Example(
      "the process's environment elsewhere",
      ["Sources/millrace/main.swift": "let all = ProcessInfo.processInfo.environment\n"], violation: "main.swift:1"),
    Example(
      "something public", ["Sources/Catalog/Catalog.swift": "  @inlinable public func find() {}\n"],
      violation: "Catalog.swift:1"),
    Example(
      "something that only sounds public", ["Sources/Catalog/Catalog.swift": "let publicURL = open(path)\n"],
      violation: nil),
    Example("a folder of a machine", ["docs/operations.md": "see /home/anna/notes\n"], violation: "operations.md:1"),
    Example("a path of a URL", ["docs/operations.md": "curl https://a.example/home/page\n"], violation: nil),
    Example("work left over", ["deploy/run": "#!/bin/sh\n# TODO: more\n"], violation: "deploy/run:2"),
    Example(
      "a node with test and section",
      [
        "Sources/WorkflowEngine/Nodes/QueryJSONNode.swift": "static let type = NodeType(\n  name: \"query-json\", x)\n",
        "Tests/WorkflowEngineTests/Nodes/QueryJSONNodeTests.swift": "\n", "docs/nodes.md": "## `query-json`: finds\n",
      ], violation: nil),
    Example(
      "a node without a test",
      [
        "Sources/WorkflowEngine/Nodes/MapNode.swift": "\n", "docs/nodes.md": "## `map`\n",
      ], violation: "Sources/WorkflowEngine/Nodes/MapNode.swift has no Tests/WorkflowEngineTests/MapNodeTests.swift"),
    Example(
      "a node without a section",
      [
        "Sources/WorkflowEngine/Nodes/MapNode.swift": "\n", "Tests/WorkflowEngineTests/MapNodeTests.swift": "\n",
        "docs/nodes.md": "The `map` node\n",
      ], violation: "docs/nodes.md has no heading with `map`"),
    Example("a stray file", ["notes.txt": "\n"], violation: "notes.txt does not belong at the top level"),
    Example("a dot file", [".editorconfig": "\n"], violation: nil),
  ]

  @Test("a violation in a made-up project is found, and a clean project has none", arguments: examples)
  func findsViolations(_ example: Example) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "architecture-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in example.files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let tree = try ProjectTree(root: root)
    let found = Rule.all.flatMap { $0.violations(tree) }
    guard let violation = example.violation else {
      #expect(found == [])
      return
    }
    #expect(found.contains { $0.contains(violation) }, "found \(found)")
  }
}
