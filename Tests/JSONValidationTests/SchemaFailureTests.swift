// What the sender of a body that does not fit is told, and where.

import JSONCodec
import JSONValidation
import Testing

@Suite("Failures of JSON Schema")
struct SchemaFailureTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let schema: String
    let instance: String
    /// Each as instance pointer, schema pointer and message.
    let failures: [String]
    var testDescription: String { "\(schema) \(instance)" }

    init(_ schema: String, _ instance: String, _ failures: String...) {
      (self.schema, self.instance, self.failures) = (schema, instance, failures)
    }
  }

  static let examples = [
    Example(#"{"type": "object", "required": ["id"]}"#, "{}", #" /required "id" is missing"#),
    Example(#"{"required": ["a/b~", "c"]}"#, "{}", #" /required "a/b~" is missing"#, #" /required "c" is missing"#),
    Example(#"{"type": "object"}"#, "[]", " /type must be an object, not an empty array"),
    Example(
      #"{"properties": {"total": {"type": "number"}}}"#, #"{"total": "abc"}"#,
      #"/total /properties/total/type must be a number, not "abc""#),
    Example(#"{"type": ["string", "null"]}"#, "12", " /type must be a string or null, not 12"),
    Example(
      #"{"type": ["object", "array", "integer", "boolean"]}"#, "1.5",
      " /type must be an object, an array, a whole number or true or false, not 1.5"),
    Example(#"{"enum": ["a", 1, null]}"#, #""b""#, #" /enum must be one of "a", 1, null, not "b""#),
    Example(#"{"enum": [1, 2, 3, 4, 5, 6]}"#, "7", " /enum must be one of 1, 2, 3, 4, 5, …, not 7"),
    Example(#"{"const": {"a": 1}}"#, "{}", " /const must be an object, not an empty object"),
    Example(#"{"minimum": 1}"#, "0.5", " /minimum must be at least 1, not 0.5"),
    Example(#"{"exclusiveMinimum": 1}"#, "1", " /exclusiveMinimum must be more than 1, not 1"),
    Example(#"{"maximum": 1e2}"#, "101", " /maximum must be at most 1e2, not 101"),
    Example(#"{"exclusiveMaximum": 1}"#, "1.0", " /exclusiveMaximum must be less than 1, not 1.0"),
    Example(#"{"multipleOf": 0.01}"#, "1.005", " /multipleOf must be a multiple of 0.01, not 1.005"),
    Example(#"{"minLength": 3}"#, #""é€""#, " /minLength must have at least 3 characters, not 2"),
    Example(#"{"maxLength": 1}"#, #""ab""#, " /maxLength must have at most 1 character, not 2"),
    Example(#"{"pattern": "^[a-z]+$"}"#, #""A""#, #" /pattern must match the pattern ^[a-z]+$, not "A""#),
    Example(#"{"format": "email"}"#, #""a""#, #" /format must be an email address, not "a""#),
    Example(#"{"minItems": 1}"#, "[]", " /minItems must have at least 1 element, not 0"),
    Example(#"{"maxItems": 1}"#, "[1, 2]", " /maxItems must have at most 1 element, not 2"),
    Example(#"{"uniqueItems": true}"#, "[1, 2, 1.0]", " /uniqueItems has the same element at 0 and 2"),
    Example(
      #"{"contains": {"const": 1}}"#, "[2]",
      #" /contains must have at least 1 element as "contains" asks for, not 0"#),
    Example(
      #"{"contains": true, "maxContains": 1}"#, "[1, 2]",
      #" /maxContains must have at most 1 element as "contains" asks for"#),
    Example(
      #"{"items": {"type": "string"}}"#, #"["a", 1, {"b": 2}]"#, "/1 /items/type must be a string, not 1",
      "/2 /items/type must be a string, not an object"),
    Example(
      #"{"prefixItems": [true], "items": false}"#, "[1, 2]", "/1 /items is not allowed: there may be 1 element"),
    Example(#"{"minProperties": 1}"#, "{}", " /minProperties must have at least 1 member, not 0"),
    Example(#"{"maxProperties": 1}"#, #"{"a":1,"b":2}"#, " /maxProperties must have at most 1 member, not 2"),
    Example(
      #"{"properties": {"a": true}, "additionalProperties": false}"#, #"{"a": 1, "x/y": 2}"#,
      #"/x~1y /additionalProperties is not allowed: "x/y" is no name that the schema knows"#),
    Example(#"{"properties": {"a": false}}"#, #"{"a": 1}"#, "/a /properties/a is not allowed"),
    Example(#"{"propertyNames": {"maxLength": 1}}"#, #"{"ab": 1}"#, #" /propertyNames the name "ab" is not allowed"#),
    Example(
      #"{"dependentRequired": {"card": ["address"]}}"#, #"{"card": 1}"#,
      #" /dependentRequired "address" is missing, which "card" needs beside it"#),
    Example(
      ##"{"$defs": {"sha": {"type": "string"}}, "properties": {"a/b": {"$ref": "#/$defs/sha"}}}"##, #"{"a/b": 1}"#,
      "/a~1b /$defs/sha/type must be a string, not 1"),
    Example(#"{"not": {"type": "string"}}"#, #""a""#, #" /not must not fit the schema of "not""#),
    Example(
      #"{"anyOf": [{"type": "null"}, {"type": "object", "required": ["id"]}]}"#, "{}",
      #" /anyOf/1/required "id" is missing"#),
    Example(#"{"anyOf": [{"minimum": 3}, {"maximum": 1}]}"#, "2", #" /anyOf fits none of the 2 schemas of "anyOf""#),
    Example(
      #"{"oneOf": [{"minimum": 3}, true, {"maximum": 3}]}"#, "3",
      #" /oneOf must fit only one of the schemas of "oneOf", not both 0 and 1"#),
    Example(
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#, #"{"a": 1}"#, #" /then/required "b" is missing"#),
    Example(
      #"{"properties": {"a": true}, "unevaluatedProperties": false}"#, #"{"a": 1, "b": 2}"#,
      "/b /unevaluatedProperties is not allowed: no schema knows it"),
    Example(
      #"{"$ref": "http://json-schema.org/draft-07/schema#"}"#, #"{"type": "strng"}"#,
      #" /$ref is no schema: /type: "strng" is no type; the types are array, boolean, integer, null, number, "#
        + #"object, string"#
    ),
  ]

  @Test("a failure names the place in the value, the place in the schema, and what is wrong", arguments: examples)
  func failures(_ example: Example) throws {
    let schema = try JSONSchema(JSON.parse(example.schema))
    let found = schema.failures(of: try JSON.parse(example.instance))
    #expect(found.map { "\($0.instancePointer) \($0.schemaPointer) \($0.message)" } == example.failures)
  }

  @Test("failures are collected up to the limit, in the order they are found")
  func limit() throws {
    let schema = try JSONSchema(["items": ["type": "string"], "minItems": 100])
    let instance = JSON.array((0..<50).map { .int($0) })
    #expect(schema.failures(of: instance).count == 10)
    #expect(schema.failures(of: instance, limit: 3).map(\.instancePointer) == ["", "/0", "/1"])
    #expect(schema.failures(of: instance, limit: 0).count == 1)
    #expect(schema.failures(of: instance, limit: .max).count == 51)
  }

  @Test("a message is one short line, whatever the sender has put into the value")
  func boundedMessages() throws {
    let schema = try JSONSchema(["additionalProperties": ["type": "object"], "propertyNames": ["maxLength": 9]])
    let hostile = "\n\u{1B}[31m\u{202E}\0" + String(repeating: "x", count: 100_000)
    for failure in schema.failures(of: [hostile: .string(hostile), "n": .number(String(repeating: "9", count: 5000))]) {
      #expect(failure.message.unicodeScalars.count < 200)
      #expect(failure.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" })
    }
  }

  @Test("a value made of Swift values is checked like a parsed one, a part of a document like a whole one")
  func kindsOfValues() throws {
    let schema = try JSONSchema(["properties": ["a": ["maximum": 5]]])
    let expected = [
      SchemaFailure(
        instancePointer: "/a", schemaPointer: "/properties/a/maximum", message: "must be at most 5, not 6.5")
    ]
    #expect(schema.failures(of: ["a": 6.5]) == expected)
    let document = try JSON.parse(#"[{"x": 1}, {"b": 1, "a": 6.5}]"#)
    #expect(schema.failures(of: try #require(document[1])) == expected)
    #expect(schema.failures(of: ["a": 5.0]) == [])
  }

  @Test("a repeated key must fit with each of its values, and counts as one member")
  func repeatedKeys() throws {
    let schema = try JSONSchema(["properties": ["a": ["type": "string"]], "maxProperties": 1, "required": ["a"]])
    #expect(schema.failures(of: try JSON.parse(#"{"a": "x", "\u0061": "y"}"#)) == [])
    #expect(schema.failures(of: try JSON.parse(#"{"a": 1, "a": "y"}"#)).count == 1)
  }
}
