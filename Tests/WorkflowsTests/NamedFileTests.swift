// Files that workflow files name, and the places of code.

import JSONCodec
import Testing
import Workflows

@Suite("Named files")
struct NamedFileTests {
  private static let script = NodeType(name: "script", schema: [:]) { reader in
    _ = reader.has("file") ? reader.code(fromFile: "file") : reader.code("code", isExpression: false)
    return AnySettings()
  }
  private static let loader = WorkflowLoader(nodeTypes: [script])

  private static func text(_ settings: String) -> String {
    "trigger: {type: webhook}\nnodes:\n  - {key: a, type: script, \(settings)}\n"
  }

  private static func load(_ settings: String) throws -> LoadedWorkflow {
    try loader.load(file: "flows/order.yaml", text: text(settings), named: named)
  }

  private static func named(_ path: String) -> Result<String, NamedFileProblem> {
    switch path {
    case "flows/js/a.js": .success("return 1\n")
    case "flows/blank.js": .success(" \n")
    case "flows/large.js": .success(String(repeating: "x", count: (1 << 20) + 1))
    default: .failure(NamedFileProblem("cannot be read: gone"))
    }
  }

  @Test("a file beside the workflow file is stored with the definition, and read from there")
  func stored() throws {
    let loaded = try Self.load("file: js/a.js")
    #expect(loaded.definition["files"] == ["js/a.js": "return 1\n"])
    #expect(loaded.definition["nodes"]?[0]?["file"] == "js/a.js")
    let workflow = try Self.loader.load(stored: loaded.definition, key: "order")
    #expect(workflow.nodes.count == 1)
    #expect(throws: Never.self) { try WorkflowLoader(nodesIgnored: ()).load(stored: loaded.definition, key: "order") }
    let bare = JSON.object(
      JSONObject(loaded.definition.members.filter { $0.key != "files" }.map { ($0.key, $0.value) }))
    #expect(throws: Diagnostics.self) { try Self.loader.load(stored: bare, key: "order") }
  }

  @Test(
    "what cannot be read is told at its name",
    arguments: [
      ("file: gone.js", #"the file "gone.js" cannot be read: gone"#),
      ("file: ../a.js", #"the file "../a.js" must lie beside the workflow file or in a folder there: a relative path"#),
      ("file: /a.js", #"the file "/a.js" must lie beside the workflow file or in a folder there: a relative path"#),
      (
        "file: js/.a.js",
        #"the file "js/.a.js" must lie beside the workflow file or in a folder there: a relative path"#
      ),
      ("file: blank.js", #"the file "blank.js" is empty"#),
      ("file: large.js", #"the file "large.js" is larger than 1MB"#),
    ])
  func unreadable(_ settings: String, _ message: String) {
    let problems = #expect(throws: Diagnostics.self) { try Self.load(settings) }
    #expect(problems?.list == [Diagnostic(file: "flows/order.yaml", line: 3, column: 34, message: message)])
  }

  @Test("a workflow file cannot bring stored files itself")
  func reserved() {
    let problems = #expect(throws: Diagnostics.self) {
      try Self.loader.load(file: "a.yaml", text: Self.text("code: x") + "files: {a.js: x}\n")
    }
    #expect(problems?.list.first?.message.contains("files") == true)
  }

  @Test("places in code are places in the file")
  func places() throws {
    let block =
      "trigger: {type: webhook}\nnodes:\n  - key: a\n    type: script\n    code: |\n      const ü = '😀'; x\n      y\n"
    let directory = Self.loader.read(
      files: [("a.yaml", block), ("flows/order.yaml", Self.text("file: js/a.js, oops: 1"))], named: Self.named)
    #expect(directory.problems.count == 1 && directory.code.map(\.text).last == "return 1\n")
    let code = try #require(directory.code.first)
    #expect(code.diagnostic("m", line: 1, column: 17) == Diagnostic(file: "a.yaml", line: 6, column: 22, message: "m"))
    #expect(code.diagnostic("m", line: 2, column: 1) == Diagnostic(file: "a.yaml", line: 7, column: 7, message: "m"))
    let file = try #require(directory.code.last)
    #expect(
      file.diagnostic("m", line: 1, column: 3) == Diagnostic(file: "flows/js/a.js", line: 1, column: 3, message: "m"))
  }
}
