// The few shapes that settings have, as JSON Schema.

import JSONCodec

enum Schemas {
  static func text(pattern: String? = nil, _ description: String) -> JSON {
    var members: [(String, JSON)] = [("type", "string"), ("description", .string(description))]
    if let pattern { members.append(("pattern", .string(pattern))) }
    return .object(JSONObject(members))
  }

  static func boolean(_ description: String) -> JSON {
    ["type": "boolean", "description": .string(description)]
  }

  static func duration(_ description: String) -> JSON {
    [
      "description": .string(description),
      "anyOf": [["type": "string", "pattern": "^([0-9]+(ms|s|m|h|d)|0)$"], ["const": 0]],
    ]
  }

  static func size(_ description: String) -> JSON {
    [
      "description": .string(description),
      "anyOf": [
        ["type": "string", "pattern": "^[0-9]+([kKmMgG]([iI]?[bB])?|[bB])?$"], ["type": "integer", "minimum": 0],
      ],
    ]
  }

  static func choice<T: RawRepresentable & CaseIterable>(_ type: T.Type, _ description: String) -> JSON
  where T.RawValue == String {
    ["description": .string(description), "enum": .array(T.allCases.map { .string($0.rawValue) })]
  }

  static func object(_ settings: [Setting], _ description: String? = nil) -> JSON {
    var members: [(String, JSON)] = [("type", "object")]
    if let description { members.append(("description", .string(description))) }
    members.append(("properties", .object(JSONObject(settings.map { ($0.name, $0.schema) }))))
    let required = settings.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { members.append(("required", .array(required))) }
    members.append(("additionalProperties", false))
    return .object(JSONObject(members))
  }

  static let methods: JSON = [
    "description": "The methods it answers to; default POST.",
    "anyOf": [
      ["enum": .array(TriggerReading.knownMethods.map { .string($0) })],
      [
        "type": "array", "minItems": 1, "uniqueItems": true,
        "items": ["enum": .array(TriggerReading.knownMethods.map { .string($0) })],
      ],
    ],
  ]
}
