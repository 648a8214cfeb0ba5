// `end`: ends the execution at once, from wherever it stands.

import JSONCodec
import Workflows

struct EndNode: RunnableSettings {
  enum Status: String, CaseIterable, Sendable {
    case succeeded, failed
  }

  private let status: Status
  private let message: Template?

  static let type = NodeType(name: "end", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("status", SettingsSchema.choice("How the execution ends.", Status.self, default: .succeeded)),
    ("message", SettingsSchema.text("Why, for people.")),
  ])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    EndNode(status: reader.choice("status", default: Status.succeeded), message: reader.template("message"))
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let text = try message?.text(run.scope)
    switch status {
    case .succeeded:
      return .end(.succeeded(reply: nil))
    case .failed:
      let reason = text.map { ": \($0)" } ?? " ended the execution as failed"
      return .end(.failed(message: "node \(run.node.key)\(reason)"))
    }
  }

  /// An ending that was recorded ends the execution again.
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { nil }
}
