// Holds docs/nodes.md to what the nodes really take, and loads its examples.

import Foundation
import JSONCodec
import Testing
import WebhookChecks
import WorkflowEngine
import Workflows

@Suite("docs/nodes.md")
struct NodeDocumentationTests {
  private static let text =
    (try? String(contentsOf: Repository.root.appending(path: "docs/nodes.md"), encoding: .utf8)) ?? ""

  /// The section under the heading with the type in backticks.
  private static func section(_ type: String) -> Substring? {
    text.split(separator: "\n## ").first { $0.hasPrefix("`\(type)`") }
  }

  @Test("has a section for each type, with every setting in it", arguments: NodeCatalog.types.map(\.name))
  func sections(type: String) throws {
    let section = try #require(Self.section(type))
    let schema = try #require(NodeCatalog.types.first { $0.name == type }?.schema)
    for (setting, _) in schema["properties"]?.members ?? [] {
      #expect(section.contains("| `\(setting)`"), "\(type): \(setting) is missing in the table")
    }
  }

  @Test("has examples that load", arguments: NodeCatalog.types.map(\.name))
  func examples(type: String) throws {
    let section = try #require(Self.section(type))
    let blocks = section.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let text = block.hasPrefix("key:") ? String(block) : "trigger: {type: webhook, mode: sync}\nnodes:\n" + block
      let loader = WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension)
      #expect(throws: Never.self, "\(block)") { try loader.load(file: "example.yaml", text: text) }
      #expect(block.contains("type: \(type)"))
    }
  }
}
