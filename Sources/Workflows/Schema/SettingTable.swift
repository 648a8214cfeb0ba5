// The settings that workflow files have outside of node types: one list for the loader and for the JSON Schema.

import JSONCodec

struct Setting: Sendable {
  let name: String
  let schema: JSON
  var isRequired = false
}

enum SettingTable {
  static let workflow: [Setting] = [
    Setting(
      name: "key",
      schema: Schemas.text(
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$", "The workflow's key; by default the file's name.")),
    Setting(name: "title", schema: Schemas.text("For people.")),
    Setting(name: "description", schema: Schemas.text("For people.")),
    Setting(name: "enabled", schema: Schemas.boolean("False stops new executions.")),
    Setting(name: "trigger", schema: ["$ref": "#/$defs/trigger"], isRequired: true),
    Setting(name: "priority", schema: Schemas.choice(Workflow.Priority.self, "Which executions go first.")),
    Setting(
      name: "concurrency",
      schema: [
        "type": "integer", "minimum": 1, "maximum": 100_000,
        "description": "Executions of this workflow at once, over all workers.",
      ]),
    Setting(
      name: "order",
      schema: Schemas.text(
        "A template; executions with the same value run one after another, in order of arrival.")),
    Setting(name: "throttle", schema: Throttle.schema("Executions that may start in a period; those over it wait.")),
    Setting(name: "retry", schema: Schemas.object(RetryPolicy.settings, "Default of the nodes; else one attempt.")),
    Setting(name: "timeout", schema: Schemas.duration("Of an execution, its waiting included.")),
    Setting(name: "keep", schema: Schemas.object(keep, "How long history is kept; 0 keeps nothing.")),
    Setting(name: "nodes", schema: ["$ref": "#/$defs/nodes"]),
  ]

  static let keep: [Setting] = [
    Setting(name: "succeeded", schema: Schemas.duration("Default 3d.")),
    Setting(name: "failed", schema: Schemas.duration("Default 30d.")),
  ]

  static let trigger: [Setting] = [
    Setting(name: "type", schema: ["const": "webhook"], isRequired: true),
    Setting(
      name: "path", schema: Schemas.text(pattern: "^/", "A path of its own, with :name parameters and a last *rest.")),
    Setting(name: "methods", schema: Schemas.methods),
    Setting(name: "mode", schema: Schemas.choice(Trigger.Mode.self, "Whether the caller waits for the outcome.")),
    Setting(name: "body", schema: Schemas.object(body, "How the request's body is read.")),
    Setting(name: "when", schema: ["$ref": "#/$defs/structuredCondition"]),
    Setting(name: "response", schema: Schemas.object(response, "The reply of asynchronous calls.")),
    Setting(name: "timeout", schema: Schemas.duration("How long a synchronous caller waits; default 10s.")),
    Setting(
      name: "onTimeout",
      schema: Schemas.choice(Trigger.OnTimeout.self, "What a synchronous caller gets when the time is up.")),
  ]
  /// What a `TriggerExtension` reads.
  static let triggerExtension = ["verify", "allow", "schema", "deduplicate", "rate"]

  static let body: [Setting] = [
    Setting(name: "limit", schema: Schemas.size("The largest body.")),
    Setting(name: "as", schema: Schemas.choice(BodyKind.self, "By content type, or always this.")),
  ]

  static let response: [Setting] = [
    Setting(name: "status", schema: ["type": "integer", "minimum": 200, "maximum": 599]),
    Setting(
      name: "headers",
      schema: ["type": "object", "description": "A list repeats the header, null leaves it out."]),
    Setting(name: "body", schema: ["description": "Any value; templates over $context, $env and $system."]),
  ]

  /// What all nodes have in common.
  static let node: [Setting] = [
    Setting(
      name: "key",
      schema: Schemas.text(
        pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$", "Unique in the workflow; its result is $nodes.<key>."),
      isRequired: true),
    Setting(name: "type", schema: Schemas.text("The node's type."), isRequired: true),
    Setting(name: "title", schema: Schemas.text("For people.")),
    Setting(name: "timeout", schema: Schemas.duration("Of this node.")),
    Setting(name: "retry", schema: Schemas.object(RetryPolicy.settings, "In place of the workflow's.")),
    Setting(
      name: "onUncertain",
      schema: Schemas.choice(Node.OnUncertain.self, "When its worker died in the middle of its effect; default retry.")),
    Setting(name: "continueOnError", schema: Schemas.boolean("A failure becomes the result {error: …}.")),
    Setting(name: "disabled", schema: Schemas.boolean("True skips the node.")),
  ]

  static let laterNodeTypes = [
    "date", "create", "update", "destroy", "query",
    "aggregate", "sql", "mail", "notify", "subflow",
  ]

  static func notYet(_ subject: String) -> String {
    "\(subject) is not supported by this version of Millrace yet"
  }
}
