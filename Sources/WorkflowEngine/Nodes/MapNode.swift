// `map`: makes a value, mostly an object, out of others.

import JSONCodec
import Workflows

struct MapNode: RunnableSettings {
  private let value: Template

  static let type = NodeType(name: "map", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [("value", SettingsSchema.value("An object of templates, or any other value."))], required: ["value"])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    guard let value = reader.template("value", required: true) else { return UnreadSettings() }
    return MapNode(value: value)
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    .value(try value.evaluate(run.scope))
  }
}
