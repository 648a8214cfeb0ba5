// Nothing runs, nests or grows without end, whoever wrote the schema and whatever is sent.

import JSONCodec
import JSONValidation
import Testing

@Suite("Limits of JSON Schema", .timeLimit(.minutes(3)))
struct SchemaLimitTests {
  /// Applies `2 ^ levels` schemas to one value.
  private static func doubling(_ keyword: String, levels: Int) -> JSON {
    var definitions: JSONObject = ["d0": ["type": "null"]]
    for level in 1...levels {
      let inner: JSON = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions["d\(level)"] = [keyword: [inner, inner]]
    }
    return ["$defs": .object(definitions), "$ref": .string("#/$defs/d\(levels)")]
  }

  @Test("a schema that doubles its work at each level ends with a failure", arguments: ["anyOf", "oneOf", "allOf"])
  func exponentialSchema(keyword: String) throws {
    let schema = try JSONSchema(Self.doubling(keyword, levels: 60))
    let instance: JSON = keyword == "allOf" ? nil : 1
    let failures = schema.failures(of: instance)
    #expect(failures.map(\.message) == ["takes more than 100020 steps to check"])
    #expect(failures.first?.instancePointer == "")
  }

  @Test(
    "work that one look at a value hides is paid for",
    arguments: [
      #"{"contains": true}"#, #"{"uniqueItems": true}"#, #"{"unevaluatedItems": {"type": "null"}}"#,
      #"{"enum": [[]]}"#, #"{"items": {"enum": ["a"]}}"#,
    ])
  func hiddenWork(leaf: String) throws {
    var schema = Self.doubling("oneOf", levels: 40)
    guard case .object(var members) = schema, case .object(var definitions)? = members["$defs"] else { return }
    definitions["d0"] = ["allOf": [try JSON.parse(leaf), false]]
    members["$defs"] = .object(definitions)
    schema = .object(members)
    let instance = JSON.array(Array(repeating: 1, count: 10_000))
    let failures = try JSONSchema(schema).failures(of: instance)
    #expect(failures.map(\.message) == ["takes more than 300020 steps to check"])
  }

  @Test("texts that are checked to be patterns take no longer than they are")
  func patternTexts() throws {
    let schema = try JSONSchema(["items": ["format": "regex"]])
    for part in ["{", "{1,", "\\p{", "(?<", "[", "\\u{"] {
      let text = String(repeating: part, count: 9990 / part.utf8.count)
      let instance = JSON.array(Array(repeating: .string(text), count: 100))
      _ = schema.failures(of: instance, limit: 1000)
    }
  }

  @Test("the failures found before the steps ran out are kept")
  func partialFailures() throws {
    let failures = try JSONSchema(
      ["type": "array", "minItems": 5, "items": true], limits: JSONSchemaLimits(steps: 2, stepsPerToken: 0)
    ).failures(of: [1, 2])
    #expect(
      failures.map(\.message) == [
        "must have at least 5 elements, not 2", "takes more than 2 steps to check",
      ])
  }

  @Test("a large body may take steps in proportion")
  func largeBody() throws {
    let schema = try JSONSchema([
      "items": ["anyOf": [["type": "string"], ["required": ["id"], "properties": ["id": ["type": "integer"]]]]],
      "uniqueItems": true,
    ])
    let rows = (0..<20_000).map { JSON.object(["id": .int($0), "name": "a"]) }
    #expect(schema.failures(of: .array(rows)) == [])
  }

  @Test("a recursive schema follows a deep value only so far")
  func deepValue() async throws {
    let schema = try JSONSchema(["items": ["anyOf": [["$ref": "#"], false]]])
    let deepest = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    let instance = try JSON.parse(deepest, limits: JSONLimits(depth: 1024))
    // On the smallest stack that this process has.
    let failures = await Task.detached { schema.failures(of: instance) }.value
    #expect(failures.map(\.message).first?.hasPrefix("cannot be checked: 500 schemas inside each other") == true)
    let shallow = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(schema.failures(of: try JSON.parse(shallow)) == [])
  }

  @Test("a value nested as deep as the codec reads is compared with another")
  func deepComparison() async throws {
    let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    let instance = try JSON.parse("[\(deep),\(deep)]", limits: JSONLimits(depth: 1024))
    let schema = try JSONSchema(["uniqueItems": true])
    let failures = await Task.detached { schema.failures(of: instance) }.value
    #expect(failures.map(\.message) == ["has the same element at 0 and 1"])
    let made = (0..<2000).reduce(JSON.array([])) { inner, _ in [inner] }
    #expect(schema.failures(of: made).first?.message.hasPrefix("cannot be checked: the JSON is nested") == true)
  }

  @Test("long chains of references cost no stack")
  func referenceChain() throws {
    var definitions: JSONObject = ["d0": ["type": "null"]]
    for level in 1...5000 { definitions["d\(level)"] = ["$ref": .string("#/$defs/d\(level - 1)")] }
    let schema = try JSONSchema(["$defs": .object(definitions), "$ref": "#/$defs/d5000"])
    #expect(schema.failures(of: nil) == [])
    #expect(schema.failures(of: 1).map(\.schemaPointer) == ["/$defs/d0/type"])
  }

  @Test("a schema may be large, but not too large, and nested, but not too deep")
  func schemaSize() throws {
    func nested(_ levels: Int) -> JSON { (1..<levels).reduce([:]) { inner, _ in ["not": inner] } }
    #expect(throws: Never.self) { try JSONSchema(nested(100)) }
    let deep = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(nested(101)) }
    #expect(deep?.message == "the schema is nested more than 100 levels deep")
    func wide(_ count: Int) -> JSON { ["allOf": .array(Array(repeating: true, count: count - 1))] }
    #expect(throws: Never.self) { try JSONSchema(wide(10_000)) }
    let large = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(wide(10_001)) }
    #expect(large?.message == "the schema has more than 10000 schemas in it")
    let patterns = (0...200).map { JSON.object(["pattern": .string("a{\($0)}")]) }
    let many = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(["allOf": .array(patterns)]) }
    #expect(many?.message == "the schema has more than 200 patterns")
  }

  @Test("patterns that make other engines run for ever take no time", arguments: ["^(a+)+$", "(a|a)*b", "(.*)*(.*)*b"])
  func patterns(pattern: String) throws {
    let text = JSON.string(String(repeating: "a", count: 20_000) + "c")
    #expect(try JSONSchema(["pattern": .string(pattern)]).failures(of: text).count == 1)
    #expect(
      try JSONSchema(["propertyNames": ["pattern": .string(pattern)]]).failures(of: [text.stringValue ?? "": 1]).count
        == 1)
  }

  @Test("a long text against a large pattern is paid for")
  func paidPatterns() throws {
    let schema = try JSONSchema(["pattern": "(x+x+){300}y"])
    let failures = schema.failures(of: .string(String(repeating: "x", count: 5_000_000)))
    #expect(failures.map(\.message) == ["takes more than 100020 steps to check"])
  }

  @Test("many names in schema and value, alike or not, are found")
  func manyNames() throws {
    let names = (0..<3000).map { "item_\($0)_a" } + (0..<70).map { String(repeating: "x", count: $0) }
    let schema = try JSONSchema([
      "required": .array(names.map { .string($0) }), "additionalProperties": false,
      "properties": .object(JSONObject(names.map { ($0, ["type": "null"]) })),
    ])
    #expect(schema.failures(of: .object(JSONObject(names.map { ($0, nil) }))) == [])
    let withoutOne = JSONObject(names.filter { $0 != "item_77_a" }.map { ($0, nil) })
    #expect(schema.failures(of: .object(withoutOne)).map(\.message) == ["\"item_77_a\" is missing"])
    #expect(schema.failures(of: ["item_3000_a": nil], limit: .max).count == names.count + 1)
  }
}
