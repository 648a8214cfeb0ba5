// What the drafts after draft 7 add or do otherwise; the suite's cases are of draft 7.

import JSONCodec
import JSONValidation
import Testing

@Suite("Drafts of JSON Schema")
struct SchemaDraftTests {
  static let examples = [
    SchemaExample(
      #"{"prefixItems": [{"type": "string"}], "items": {"type": "number"}}"#, valid: ["[]", #"["a", 1]"#],
      not: ["[1]", #"["a", "b"]"#]),
    SchemaExample(
      #"{"items": [{"type": "string"}], "additionalItems": {"type": "number"}}"#, valid: [#"["a", 1]"#],
      not: [#"["a", "b"]"#]),
    SchemaExample(#"{"items": {"type": "string"}, "additionalItems": false}"#, valid: [#"["a", "b"]"#], not: ["[1]"]),
    SchemaExample(
      #"{"contains": {"type": "string"}, "minContains": 2, "maxContains": 3}"#, valid: [#"["a", 1, "b"]"#],
      not: [#"["a"]"#, #"["a", "b", "c", "d"]"#]),
    SchemaExample(#"{"contains": {"type": "string"}, "minContains": 0}"#, valid: ["[]", "[1]"]),
    SchemaExample(#"{"contains": true, "minContains": 9}"#, draft: .draft7, valid: ["[1]"], not: ["[]"]),
    SchemaExample(
      #"{"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"maxProperties": 1}}}"#,
      valid: ["{}", #"{"a": 1, "b": 1}"#, #"{"c": 1}"#], not: [#"{"a": 1}"#, #"{"c": 1, "b": 1}"#]),
    SchemaExample(
      #"{"dependencies": {"a": ["b"], "c": {"maxProperties": 1}}, "$defs": {}}"#, valid: [#"{"c": 1}"#],
      not: [#"{"a": 1}"#, #"{"c": 1, "d": 1}"#]),
    SchemaExample(
      ##"{"$ref": "#/$defs/a", "maximum": 5, "$defs": {"a": {"type": "integer"}}}"##, valid: ["5"], not: ["6", "1.5"]),
    SchemaExample(
      ##"{"properties": {"x": {"$ref": "#/definitions/a", "maximum": 5}}, "definitions": {"a": {"type": "integer"}}}"##,
      valid: [#"{"x": 6}"#], not: [#"{"x": 1.5}"#]),
    SchemaExample(
      ##"{"$ref": "#a", "$defs": {"x": {"$anchor": "a", "type": "null"}}}"##, valid: ["null"], not: ["1"]),
    SchemaExample(
      ##"{"$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}, "required": ["id"]}"##,
      valid: [#"{"id": 1, "child": {"id": 2}}"#], not: [#"{"id": 1, "child": {}}"#]),
    SchemaExample(
      ##"{"$recursiveAnchor": true, "properties": {"child": {"$recursiveRef": "#"}}, "required": ["id"]}"##,
      valid: [#"{"id": 1, "child": {"id": 2}}"#], not: [#"{"id": 1, "child": {}}"#]),
    SchemaExample(
      #"{"$schema": "http://json-schema.org/draft-06/schema#", "if": true, "then": false}"#, valid: ["1"]),
    SchemaExample(
      #"{"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "null"}}"#, valid: [#""ab""#, "null"],
      not: [#""a""#, "1"]),
    SchemaExample(#"{"const": 1, "enum": [1, 2]}"#, valid: ["1.0"], not: ["2"]),
    SchemaExample(#"{"const": 3, "enum": [1, 2]}"#, not: ["1", "3"]),
    SchemaExample("true", valid: ["1", "null"]),
    SchemaExample("false", not: ["1", "null"]),
  ]

  @Test("keywords of all drafts count where a schema does not say which it is of", arguments: examples)
  func keywords(_ example: SchemaExample) throws { try example.check() }

  static let unevaluated = [
    SchemaExample(
      #"{"allOf": [{"properties": {"a": true}}], "patternProperties": {"^x": true}, "unevaluatedProperties": false}"#,
      valid: [#"{"a": 1, "x1": 2}"#], not: [#"{"b": 1}"#]),
    SchemaExample(
      #"{"anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": true}}], "#
        + #""unevaluatedProperties": false}"#,
      valid: [#"{"a": 1, "b": 2}"#, #"{"b": 2}"#], not: [#"{"a": 2, "b": 2}"#]),
    SchemaExample(
      #"{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": true}}, "#
        + #""else": {"properties": {"c": true}}, "unevaluatedProperties": false}"#,
      valid: [#"{"a": 1, "b": 2}"#, #"{"c": 1}"#], not: [#"{"a": 1, "c": 1}"#, #"{"b": 1}"#, #"{"a": 2}"#]),
    SchemaExample(
      #"{"not": {"not": {"properties": {"a": true}}}, "unevaluatedProperties": false}"#, valid: ["{}"],
      not: [#"{"a": 1}"#]),
    SchemaExample(
      ##"{"$ref": "#/$defs/base", "properties": {"b": true}, "unevaluatedProperties": false, "##
        + ##""$defs": {"base": {"properties": {"a": true}}}}"##,
      valid: [#"{"a": 1, "b": 1}"#], not: [#"{"c": 1}"#]),
    SchemaExample(
      #"{"allOf": [{"unevaluatedProperties": true}], "unevaluatedProperties": false}"#, valid: [#"{"a": 1}"#]),
    SchemaExample(
      #"{"properties": {"a": true}, "allOf": [{"unevaluatedProperties": false}]}"#, valid: ["{}"], not: [#"{"a": 1}"#]),
    SchemaExample(
      #"{"properties": {"a": {"properties": {"b": true}}}, "unevaluatedProperties": false}"#,
      valid: [#"{"a": {"b": 1, "c": 1}}"#], not: [#"{"a": {}, "b": 1}"#]),
    SchemaExample(
      #"{"dependentSchemas": {"a": {"properties": {"b": true}}}, "properties": {"a": true}, "#
        + #""unevaluatedProperties": {"type": "null"}}"#,
      valid: [#"{"a": 1, "b": 1}"#, #"{"b": null}"#], not: [#"{"b": 1}"#]),
    SchemaExample(
      #"{"prefixItems": [true], "unevaluatedItems": false}"#, valid: ["[1]"], not: ["[1, 2]"]),
    SchemaExample(
      #"{"contains": {"type": "string"}, "unevaluatedItems": {"type": "number"}}"#, valid: [#"["a", 1]"#],
      not: [#"["a", null]"#]),
    SchemaExample(
      #"{"contains": {"type": "string"}, "unevaluatedItems": {"type": "number"}}"#, draft: .draft2019,
      valid: [], not: [#"["a", 1]"#]),
    SchemaExample(
      #"{"unevaluatedProperties": false}"#, valid: ["1", "[1]"]),
  ]

  @Test("what no schema has looked at is what is unevaluated", arguments: unevaluated)
  func unevaluatedParts(_ example: SchemaExample) throws { try example.check() }

  static let references = [
    SchemaExample(
      ##"{"$id": "https://a.example/root/", "$ref": "item", "$defs": {"x": {"$id": "item", "##
        + ##""$ref": "#/$defs/y", "$defs": {"y": {"type": "null"}}}}}"##,
      valid: ["null"], not: ["1"]),
    SchemaExample(
      #"{"$id": "https://a.example/b/c?d", "items": {"$ref": "../x/./y"}, "$defs": {"x": {"$id": "/x/y", "#
        + #""type": "null"}}}"#,
      valid: ["[null]"], not: ["[1]"]),
    SchemaExample(
      #"{"$id": "https://a.example/base/", "definitions": {"a": {"$id": "https://a.example/foo", "#
        + #""type": "string"}, "b": {"$id": "foo", "type": "number"}}, "#
        + #""allOf": [{"$id": "https://a.example/", "$ref": "foo"}]}"#,
      valid: ["1"], not: [#""a""#]),
    SchemaExample(
      #"{"$defs": {"enumed": {"enum": [{"$id": "https://a.example/e", "type": "null"}]}, "#
        + #""real": {"$id": "https://a.example/e", "type": "string"}}, "$ref": "https://a.example/e"}"#,
      valid: [#""a""#], not: ["null"]),
    SchemaExample(
      #"{"properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}}}"#, valid: [#"{"$ref": "a"}"#],
      not: [#"{"$ref": 1}"#, #"{"$id": 1}"#]),
    SchemaExample(##"{"$ref": "#/x-own/0", "x-own": [{"type": "null"}]}"##, valid: ["null"], not: ["1"]),
    SchemaExample(
      ##"{"$defs": {"tree": {"properties": {"nodes": {"items": {"$ref": "#/$defs/tree"}}}, "##
        + ##""required": ["v"]}}, "$ref": "#/$defs/tree"}"##,
      valid: [#"{"v": 1, "nodes": [{"v": 2, "nodes": []}]}"#], not: [#"{"v": 1, "nodes": [{"v": 2, "nodes": [{}]}]}"#]),
    SchemaExample(
      #"{"items": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}"#,
      valid: [#"[true, {"type": "null", "minLength": 3}]"#], not: [#"[{"minLength": -1}]"#, "[1]"]),
  ]

  @Test("references reach what has a name or a place in the schema", arguments: references)
  func followedReferences(_ example: SchemaExample) throws { try example.check() }
}
