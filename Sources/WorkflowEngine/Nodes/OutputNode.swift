// `output`: says what the execution has come to; the last one that runs wins.

import JSONCodec
import Workflows

struct OutputNode: RunnableSettings {
  private let value: Template

  static let type = NodeType(name: "output", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [("value", SettingsSchema.value("The execution's output."))], required: ["value"])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    guard let value = reader.template("value", required: true) else { return UnreadSettings() }
    return OutputNode(value: value)
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    .output(try value.evaluate(run.scope))
  }

  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .output(result) }
}
