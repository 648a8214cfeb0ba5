// `variable`: gives names to values, for all nodes that follow.

import JSONCodec
import Workflows

struct VariableNode: RunnableSettings {
  private let values: [(name: String, value: Template)]

  static let type = NodeType(name: "variable", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [("set", SettingsSchema.mapping("Names and their values, read as $vars.NAME afterwards."))], required: ["set"])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    guard reader.has("set") else {
      reader.report("set is missing: a mapping of names and values, for instance set: {total: 0}")
      return UnreadSettings()
    }
    let values = reader.templates("set")
    for (name, _) in values { reader.declareVariable(name) }
    return VariableNode(values: values)
  }

  /// All values are worked out before the first one is set.
  func start(_ run: NodeRun) throws -> NodeStep {
    let members = try values.map { ($0.name, try $0.value.evaluate(run.scope)) }
    return .assign(.object(JSONObject(members)))
  }

  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .assign(result) }
}
