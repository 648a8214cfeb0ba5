// The form that the value of each keyword must have. A slip such as `type: strng` would otherwise let everything pass.

import JSONCodec

enum KeywordForm: Sendable {
  case text, flag, list, members
  case number, positiveNumber
  /// A whole number that is not negative.
  case count
  case names, namedNames
  case types
  case schema, schemas, namedSchemas
  /// One, or one for each element.
  case schemaOrSchemas
  /// For each name a schema or a list of names.
  case dependencies

  static let all: [String: KeywordForm] = [
    "$schema": .text, "$id": .text, "$ref": .text, "$anchor": .text, "$dynamicRef": .text, "$dynamicAnchor": .text,
    "$recursiveRef": .text, "$recursiveAnchor": .flag, "$comment": .text, "$vocabulary": .members,
    "$defs": .namedSchemas, "definitions": .namedSchemas,
    "title": .text, "description": .text, "examples": .list, "readOnly": .flag, "writeOnly": .flag,
    "deprecated": .flag, "contentEncoding": .text, "contentMediaType": .text, "contentSchema": .schema,
    "type": .types, "enum": .list, "format": .text, "pattern": .text, "minLength": .count, "maxLength": .count,
    "multipleOf": .positiveNumber, "minimum": .number, "maximum": .number, "exclusiveMinimum": .number,
    "exclusiveMaximum": .number,
    "items": .schemaOrSchemas, "prefixItems": .schemas, "additionalItems": .schema, "unevaluatedItems": .schema,
    "contains": .schema, "minContains": .count, "maxContains": .count, "minItems": .count, "maxItems": .count,
    "uniqueItems": .flag,
    "properties": .namedSchemas, "patternProperties": .namedSchemas, "additionalProperties": .schema,
    "unevaluatedProperties": .schema, "propertyNames": .schema, "required": .names, "minProperties": .count,
    "maxProperties": .count, "dependencies": .dependencies, "dependentRequired": .namedNames,
    "dependentSchemas": .namedSchemas,
    "allOf": .schemas, "anyOf": .schemas, "oneOf": .schemas, "not": .schema, "if": .schema, "then": .schema,
    "else": .schema,
  ]

  /// What is wrong with a value of this form, if it has the fault itself: schemas inside are looked at on their own.
  func fault(of value: JSON) -> String? {
    switch self {
    case .text: value.kind == .string ? nil : "must be a string"
    case .flag: value.kind == .bool ? nil : "must be true or false"
    case .list: value.kind == .array ? nil : "must be a list"
    case .members, .namedSchemas, .dependencies, .namedNames: value.kind == .object ? nil : "must be an object"
    case .number: value.kind == .number ? nil : "must be a number"
    case .positiveNumber: ExactNumber(value)?.isPositive == true ? nil : "must be a number above 0"
    case .count: ExactNumber(value)?.isCount == true ? nil : "must be a whole number, 0 or more"
    case .names: Self.faultOfNames(value)
    case .types: Self.faultOfTypes(value)
    case .schemas: value.kind == .array && value.count > 0 ? nil : "must be a list of at least one schema"
    case .schema, .schemaOrSchemas: nil
    }
  }

  private static func faultOfNames(_ value: JSON) -> String? {
    guard value.kind == .array else {
      return "must be a list of names" + (value.kind == .bool ? ", beside \"properties\"" : "")
    }
    let names = value.elements.compactMap(\.stringValue)
    guard names.count == value.count else { return "must be a list of names" }
    return Set(names.map { Array($0.utf8) }).count == names.count ? nil : "has a name twice"
  }

  private static func faultOfTypes(_ value: JSON) -> String? {
    let names = value.kind == .array ? value.elements : [value]
    guard !names.isEmpty else { return "must be the name of a type, or a list of at least one" }
    for name in names {
      guard let text = name.stringValue else { return "must be the name of a type, or a list of them" }
      guard ValueTypes(name: text) != nil else {
        return "\(Shown.text(text)) is no type; the types are \(ValueTypes.allNames)"
      }
    }
    return Set(names.compactMap(\.stringValue)).count == names.count ? nil : "has a type twice"
  }

  /// The schemas directly inside a value of this form, with what leads to each.
  func schemas(in value: JSON) -> [(pointer: String, schema: JSON)] {
    switch self {
    case .schema: return [("", value)]
    case .schemaOrSchemas where value.kind != .array: return [("", value)]
    case .schemas, .schemaOrSchemas: return value.elements.enumerated().map { ("/\($0)", $1) }
    case .namedSchemas: return value.members.map { ("/" + JSONPointer.escaped($0.key), $0.value) }
    case .dependencies:
      return value.members.filter { $0.value.kind != .array }.map { ("/" + JSONPointer.escaped($0.key), $0.value) }
    default: return []
    }
  }

  /// The lists of names directly inside a value of this form.
  func nameLists(in value: JSON) -> [(pointer: String, names: JSON)] {
    switch self {
    case .dependencies:
      value.members.filter { $0.value.kind == .array }.map { ("/" + JSONPointer.escaped($0.key), $0.value) }
    case .namedNames: value.members.map { ("/" + JSONPointer.escaped($0.key), $0.value) }
    default: []
    }
  }
}
