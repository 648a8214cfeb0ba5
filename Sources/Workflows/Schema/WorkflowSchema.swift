// The JSON Schema (draft 2020-12) of workflow files, for editors: `millrace schema` prints it.

package import JSONCodec

package enum WorkflowSchema {
  package static func json(nodeTypes: [NodeType], trigger: TriggerExtension? = nil) -> JSON {
    let triggerSettings =
      SettingTable.trigger + (trigger?.settings ?? []).map { Setting(name: $0.name, schema: $0.schema) }
    let definitions: [(String, JSON)] =
      [
        ("trigger", Schemas.object(triggerSettings, "What starts the workflow.")),
        ("structuredCondition", structuredCondition),
        ("condition", condition),
        (
          "nodes", ["type": "array", "maxItems": .int(Int64(NodeReading.mostNodes)), "items": ["$ref": "#/$defs/node"]]
        ),
        ("node", node(nodeTypes)),
      ] + nodeTypes.map { ("node-\($0.name)", settings(of: $0)) }
    let head: [(String, JSON)] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("title", "Millrace workflow"),
    ]
    let body = Schemas.object(SettingTable.workflow).members.map { ($0.key, $0.value) }
    return .object(JSONObject(head + body + [("$defs", .object(JSONObject(definitions)))]))
  }

  private static func node(_ types: [NodeType]) -> JSON {
    let names = types.map { JSON.string($0.name) }
    return [
      "type": "object",
      "properties": ["key": true, "type": ["enum": .array(names)]],
      "required": ["key", "type"],
      "allOf": .array(
        types.map { type in
          [
            "if": ["properties": ["type": ["const": .string(type.name)]], "required": ["type"]],
            "then": ["$ref": .string("#/$defs/node-\(type.name)")],
          ]
        }),
    ]
  }

  /// What all nodes have, and what the type adds.
  private static func settings(of type: NodeType) -> JSON {
    let common = Schemas.object(SettingTable.node.filter { $0.name != "timeout" || type.timeLimit == nil })
    var properties = common["properties"]?.members.map { ($0.key, $0.value) } ?? []
    let own = (type.schema["properties"]?.members ?? []).map { ($0.key, $0.value) }
    let ownNames = Set(own.map(\.0))
    properties = properties.filter { !ownNames.contains($0.0) } + own
    let required = (common["required"]?.elements ?? []) + (type.schema["required"]?.elements ?? [])
    var members: [(String, JSON)] = [
      ("type", "object"), ("properties", .object(JSONObject(properties))), ("required", .array(required)),
      ("additionalProperties", false),
    ]
    let taken: Set = ["type", "properties", "required", "additionalProperties"]
    members += type.schema.members.filter { !taken.contains($0.key) }.map { ($0.key, $0.value) }
    return .object(JSONObject(members))
  }

  private static let condition: JSON = [
    "oneOf": [
      ["$ref": "#/$defs/structuredCondition"],
      ["type": "string", "minLength": 1, "description": "A JavaScript expression."],
    ]
  ]

  private static let structuredCondition: JSON = [
    "oneOf": [
      [
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": [
          "all": ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/structuredCondition"]],
          "any": ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/structuredCondition"]],
          "not": ["$ref": "#/$defs/structuredCondition"],
        ],
      ],
      [
        "type": "array", "minItems": 2, "maxItems": 3,
        "prefixItems": [true, ["enum": .array(ConditionOperator.allNames.map { .string($0) })], true],
      ],
    ]
  ]
}
