// Holds the documentation to the code: the workflow files it shows load, its links lead somewhere, and no metric,
// problem or script goes untold.

import AuditLog
import Foundation
import Testing
import WebhookChecks
import WorkflowEngine
import Workflows

@Suite("The documentation")
struct DocumentationTests {
  /// A block of YAML that begins like a workflow file.
  struct Example: Sendable, CustomTestStringConvertible {
    let page: String
    let line: Int
    let text: String

    /// What a first line `# file: NAME` says; a file's name may be its key.
    var file: String {
      let first = text.prefix { $0 != "\n" }
      return first.hasPrefix("# file:") ? String(first.dropFirst("# file:".count).drop { $0 == " " }) : "example.yaml"
    }

    var testDescription: String { "\(page):\(line)" }
  }

  // MARK: pages

  private static let pages: [(name: String, text: String)] = {
    let docs = files(under: "docs", ending: ".md")
    return ([("README.md", text(of: "README.md"))] + docs).filter { !$0.text.isEmpty }
  }()

  private static func page(_ name: String) -> String {
    pages.first { $0.name == name }?.text ?? ""
  }

  private static func text(of path: String) -> String {
    (try? String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)) ?? ""
  }

  private static func files(under folder: String, ending: String) -> [(name: String, text: String)] {
    let names = FileManager.default.enumerator(atPath: Repository.root.appending(path: folder).path)
    let paths = (names?.allObjects ?? []).compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }.sorted()
    return paths.map { ("\(folder)/\($0)", text(of: "\(folder)/\($0)")) }
  }

  // MARK: workflow files

  private static let examples: [Example] = pages.flatMap { page in
    var found: [Example] = []
    var block: (line: Int, lines: [String])?
    for (index, line) in page.text.components(separatedBy: "\n").enumerated() {
      if let open = block, line == "```" {
        found.append(Example(page: page.name, line: open.line, text: open.lines.joined(separator: "\n") + "\n"))
        block = nil
      } else if block != nil {
        block?.lines.append(line)
      } else if line == "```yaml" {
        block = (index + 2, [])
      }
    }
    return found.filter { $0.text.hasPrefix("key:") || $0.text.hasPrefix("# file:") }
  }

  @Test("shows workflow files that load", arguments: examples)
  func load(_ example: Example) {
    let loader = WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension)
    #expect(throws: Never.self, "\(example.text)") { try loader.load(file: example.file, text: example.text) }
  }

  @Test("shows a workflow file on the first page and several on theirs")
  func shown() {
    #expect(Self.examples.contains { $0.page == "README.md" })
    #expect(Self.examples.count { $0.page == "docs/workflows.md" } >= 3)
  }

  // MARK: names

  /// What the pattern captures in the sources of a folder.
  private static func names(in folder: String, _ pattern: Regex<(Substring, Substring)>) -> [String] {
    let all = files(under: "Sources/\(folder)", ending: ".swift").flatMap { file in
      file.text.matches(of: pattern).map { String($0.output.1) }
    }
    return Set(all).sorted()
  }

  private static let metrics = ["IngestService", "WorkerService", "ProcessSupport", "Scripting"].flatMap {
    names(in: $0, /"(millrace_[a-z0-9_]+)"/)
  }
  private static let scripts = names(in: "ExecutionQueue", /(?:RedisScript|sharing)\(\s*name:\s*"([a-z-]+)"/)

  @Test("explains every metric in docs/operations.md", arguments: metrics)
  func metric(_ name: String) {
    #expect(Self.page("docs/operations.md").contains("| `\(name)`"))
  }

  @Test("explains every problem in docs/http.md", arguments: ProblemName.allCases)
  func problem(_ name: ProblemName) {
    #expect(Self.page("docs/http.md").contains("| `\(name.rawValue)`"))
  }

  @Test("explains every script of Redis in docs/execution-states.md", arguments: scripts)
  func script(_ name: String) {
    #expect(Self.page("docs/execution-states.md").contains("\n### `\(name)`\n"))
  }

  @Test("knows of names in the sources at all")
  func namesAreFound() {
    #expect(Self.metrics.count >= 10)
    #expect(Self.scripts.count >= 20)
  }

  // MARK: links

  @Test("has links that lead to files of the repository", arguments: pages.map(\.name))
  func links(of name: String) {
    let folder = Repository.root.appending(path: name).deletingLastPathComponent()
    for match in Self.page(name).matches(of: /\]\(([^)\s]+)\)/) {
      let target = match.output.1.prefix { $0 != "#" }
      guard !target.isEmpty, !target.contains("://") else { continue }
      let exists = FileManager.default.fileExists(atPath: folder.appending(path: String(target)).path)
      #expect(exists, "\(name) links to \(target)")
    }
  }
}
