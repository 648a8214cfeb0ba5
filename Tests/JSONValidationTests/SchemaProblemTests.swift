// A schema that cannot be meant as it is written is refused when its workflow is loaded.

import JSONCodec
import JSONValidation
import Testing

@Suite("Problems of JSON Schema")
struct SchemaProblemTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let schema: String
    let pointer: String
    let message: String
    var testDescription: String { schema }

    init(_ schema: String, _ pointer: String, _ message: String) {
      (self.schema, self.pointer, self.message) = (schema, pointer, message)
    }
  }

  private static let types = "the types are array, boolean, integer, null, number, object, string"

  static let examples = [
    Example("1", "", "must be a schema: an object, true or false"),
    Example(#"{"type": "strng"}"#, "/type", "\"strng\" is no type; \(types)"),
    Example(
      #"{"properties": {"a/b": {"type": ["string", "nul"]}}}"#, "/properties/a~1b/type",
      "\"nul\" is no type; \(types)"),
    Example(#"{"type": []}"#, "/type", "must be the name of a type, or a list of at least one"),
    Example(#"{"type": ["string", "string"]}"#, "/type", "has a type twice"),
    Example(#"{"type": {"a": 1}}"#, "/type", "must be the name of a type, or a list of them"),
    Example(
      #"{"properties": {"id": {"required": true}}}"#, "/properties/id/required",
      #"must be a list of names, beside "properties""#),
    Example(#"{"required": "id"}"#, "/required", "must be a list of names"),
    Example(#"{"required": ["id", 1]}"#, "/required", "must be a list of names"),
    Example(#"{"required": ["id", "id"]}"#, "/required", "has a name twice"),
    Example(#"{"properties": ["id"]}"#, "/properties", "must be an object"),
    Example(#"{"properties": {"id": "string"}}"#, "/properties/id", "must be a schema: an object, true or false"),
    Example(#"{"items": "string"}"#, "/items", "must be a schema: an object, true or false"),
    Example(#"{"allOf": []}"#, "/allOf", "must be a list of at least one schema"),
    Example(#"{"anyOf": {"type": "null"}}"#, "/anyOf", "must be a list of at least one schema"),
    Example(#"{"anyOf": [true, 1]}"#, "/anyOf/1", "must be a schema: an object, true or false"),
    Example(#"{"minLength": -1}"#, "/minLength", "must be a whole number, 0 or more"),
    Example(#"{"minLength": "3"}"#, "/minLength", "must be a whole number, 0 or more"),
    Example(#"{"maxItems": 1.5}"#, "/maxItems", "must be a whole number, 0 or more"),
    Example(#"{"minimum": "1"}"#, "/minimum", "must be a number"),
    Example(#"{"exclusiveMinimum": true}"#, "/exclusiveMinimum", "must be a number"),
    Example(#"{"multipleOf": 0}"#, "/multipleOf", "must be a number above 0"),
    Example(#"{"multipleOf": 0.1234567890123456789}"#, "/multipleOf", "has more than 18 digits"),
    Example(#"{"uniqueItems": "yes"}"#, "/uniqueItems", "must be true or false"),
    Example(#"{"enum": "a"}"#, "/enum", "must be a list"),
    Example(#"{"pattern": 1}"#, "/pattern", "must be a string"),
    Example(#"{"pattern": "("}"#, "/pattern", "the pattern ( has a \"(\" that is not closed"),
    Example(
      #"{"patternProperties": {"(?=a)": true}}"#, "/patternProperties/(?=a)",
      "the pattern (?=a) looks ahead or behind, which cannot be matched in linear time"),
    Example(#"{"dependencies": {"a": "b"}}"#, "/dependencies/a", "must be a schema: an object, true or false"),
    Example(#"{"dependencies": {"a": ["b", 1]}}"#, "/dependencies/a", "must be a list of names"),
    Example(#"{"dependentRequired": {"a": "b"}}"#, "/dependentRequired/a", "must be a list of names"),
    Example(
      #"{"prefixItems": [true], "items": [true]}"#, "/items", #"must be one schema beside "prefixItems""#),
    Example(
      #"{"$schema": "https://json-schema.org/draft/2020-12/schema", "not": {"items": [true]}}"#, "/not/items",
      #"must be one schema in this draft; a list is called "prefixItems""#),
    Example(##"{"$ref": "#/$defs/a"}"##, "/$ref", ##""#/$defs/a" leads to nothing"##),
    Example(##"{"$ref": "#a"}"##, "/$ref", ##"there is no schema with the name "#a""##),
    Example(##"{"$ref": "#/%zz"}"##, "/$ref", ##""#/%zz" is no reference: its fragment cannot be read"##),
    Example(
      #"{"not": {"$ref": "https://a.example/b#/c"}}"#, "/not/$ref",
      #"there is no schema with the $id "https://a.example/b" in here, and none is fetched"#),
    Example(##"{"$ref": "#/x", "x": {"type": "strng"}}"##, "/x/type", "\"strng\" is no type; \(types)"),
    Example(##"{"$ref": "#/x", "x": 1}"##, "/x", "must be a schema: an object, true or false"),
    Example(##"{"$ref": "#"}"##, "", "applies itself to the same value again, without end"),
    Example(
      ##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [true, {"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}"##,
      "/$defs/a", "applies itself to the same value again, without end"),
    Example(
      ##"{"dependentSchemas": {"a": {"if": {"$ref": "#"}}}}"##, "",
      "applies itself to the same value again, without end"),
    Example(
      #"{"$defs": {"a": {"$id": "https://x.example/"}, "b": {"$id": "https://x.example/"}}}"#, "/$defs/b/$id",
      #"has the same name as the schema at "/$defs/a""#),
    Example(
      ##"{"$dynamicRef": "#n", "$defs": {"a": {"$id": "a", "$dynamicAnchor": "n"}, "b": {"$dynamicAnchor": "n"}}}"##,
      "/$dynamicRef", #"what it means is open, as several schemas have its anchor: use "$ref""#),
  ]

  @Test("a keyword of the wrong form and a reference to nothing are refused with their place", arguments: examples)
  func problems(_ example: Example) throws {
    let schema = try JSON.parse(example.schema)
    let problem = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(schema) }
    #expect(problem == JSONSchemaProblem(example.message, at: example.pointer))
  }

  @Test(
    "drafts that are not known are refused",
    arguments: ["http://json-schema.org/draft-04/schema#", "https://a.example/own", ""])
  func drafts(uri: String) throws {
    let problem = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(["$schema": .string(uri)]) }
    #expect(problem?.pointer == "/$schema")
    #expect(
      problem?.message.hasPrefix("\"\(uri)\" is no draft that is known here: http://json-schema.org/draft-06") == true)
  }

  @Test("words that are no keywords mean nothing")
  func unknownKeywords() throws {
    let schema = try JSONSchema(["x-internal": ["type": "strng"], "typ": 1, "format": "own", "default": ["type": 1]])
    #expect(schema.failures(of: 1) == [])
  }
}
