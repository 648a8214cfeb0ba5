// Pieces of the JSON Schema that editors use for a node's settings.

import JSONCodec

enum SettingsSchema {
  static func object(_ properties: [(String, JSON)], required: [String] = []) -> JSON {
    var members: [(String, JSON)] = [("type", "object"), ("properties", .object(JSONObject(properties)))]
    if !required.isEmpty { members.append(("required", .array(required.map(JSON.string)))) }
    return .object(JSONObject(members))
  }

  /// Defined once for all in the schema of workflow files.
  static let condition: JSON = ["$ref": "#/$defs/condition"]

  static func nodes(_ description: String) -> JSON {
    described(description, [("$ref", "#/$defs/nodes")])
  }

  static func list(_ description: String, of items: JSON) -> JSON {
    described(description, [("type", "array"), ("items", items)])
  }

  /// Any value whose strings and keys may hold templates.
  static func value(_ description: String) -> JSON {
    described(description, [])
  }

  /// A text, or a value that is written as one.
  static func text(_ description: String) -> JSON {
    described(description, [("type", ["string", "number", "boolean", "null"])])
  }

  /// A text without templates.
  static func code(_ description: String) -> JSON {
    described(description, [("type", "string"), ("minLength", .int(1))])
  }

  static func names(_ description: String) -> JSON {
    described(description, [("type", ["array", "string"]), ("items", ["type": "string"])])
  }

  static func size(_ description: String) -> JSON {
    described(description, [("type", ["string", "integer"])])
  }

  static func mapping(_ description: String) -> JSON {
    described(description, [("type", "object")])
  }

  static func boolean(_ description: String, default standard: Bool? = nil) -> JSON {
    described(description, [("type", "boolean")] + (standard.map { [("default", .bool($0))] } ?? []))
  }

  static func integer(_ description: String, in range: ClosedRange<Int>, default standard: Int) -> JSON {
    let bounds: [(String, JSON)] = [
      ("type", "integer"), ("minimum", .int(Int64(range.lowerBound))), ("maximum", .int(Int64(range.upperBound))),
    ]
    return described(description, bounds + [("default", .int(Int64(standard)))])
  }

  static func choice<Choice: RawRepresentable & CaseIterable>(
    _ description: String, _: Choice.Type, default standard: Choice
  ) -> JSON where Choice.RawValue == String {
    let names = Choice.allCases.map { JSON.string($0.rawValue) }
    return described(
      description, [("type", "string"), ("enum", .array(names)), ("default", .string(standard.rawValue))])
  }

  private static func described(_ description: String, _ members: [(String, JSON)]) -> JSON {
    .object(JSONObject([("description", .string(description))] + members))
  }
}
