// Numbers are compared as they are written, however many digits they have.

import JSONCodec
import JSONValidation
import Testing

@Suite("Numbers of JSON Schema")
struct SchemaNumberTests {
  static let examples = [
    SchemaExample(
      #"{"maximum": 9007199254740992}"#, valid: ["9007199254740992", "9007199254740991.9"],
      not: ["9007199254740993", "9007199254740992.1"]),
    SchemaExample(
      #"{"minimum": -9223372036854775808}"#, valid: ["-9223372036854775808"], not: ["-9223372036854775809"]),
    SchemaExample(
      #"{"exclusiveMaximum": 18446744073709551616}"#, valid: ["18446744073709551615"],
      not: ["18446744073709551616", "18446744073709551617", "1e20"]),
    SchemaExample(#"{"minimum": 0.1}"#, valid: ["0.1", "1e-1", "0.10"], not: ["0.09999999999999999999999999999999"]),
    SchemaExample(#"{"minimum": -1.5}"#, valid: ["-1.5", "-1", "0", "-0.0"], not: ["-1.50000000000000000001", "-2"]),
    SchemaExample(#"{"maximum": 1e400}"#, valid: ["1e400", "1e399", "-1e500"], not: ["1.1e400", "1e401"]),
    SchemaExample(#"{"minimum": 1e-400}"#, valid: ["1e-400", "1"], not: ["0", "1e-401", "-1"]),
    SchemaExample(
      #"{"type": "integer"}"#, valid: ["1", "1.0", "1e3", "1.5e1", "123456789012345678901234567890", "0.0", "-0"],
      not: ["1.5", "1e-1", "1.50e0", #""1""#]),
    SchemaExample(
      #"{"multipleOf": 0.01}"#, valid: ["0", "0.01", "19.99", "4.35", "1e300", "-0.07"], not: ["0.001", "4.355"]),
    SchemaExample(#"{"multipleOf": 0.0001}"#, valid: ["0.0075"], not: ["0.00751"]),
    SchemaExample(
      #"{"multipleOf": 3}"#, valid: ["9223372036854775806", "123456789012345678901234567890", "3e50"],
      not: ["9223372036854775807", "123456789012345678901234567891", "1e50"]),
    SchemaExample(#"{"multipleOf": 1e2}"#, valid: ["100", "1e9", "0"], not: ["150", "10"]),
    SchemaExample(
      #"{"multipleOf": 999999999999999999}"#, valid: ["999999999999999999", "999999999999999998000000000000000001"],
      not: ["999999999999999998"]),
    SchemaExample(#"{"multipleOf": 7}"#, valid: ["7e1000000"], not: ["1e1000000000000000000000", "1e-7"]),
    SchemaExample(
      #"{"const": 12345678901234567890}"#, valid: ["12345678901234567890", "1234567890123456789e1"],
      not: ["12345678901234567891"]),
    SchemaExample(
      #"{"enum": [0.1, {"a": [1, 2.50]}]}"#, valid: ["0.10", #"{"a": [1.0, 25e-1]}"#], not: ["0.1000000000000000001"]),
    SchemaExample(
      #"{"uniqueItems": true}"#,
      valid: ["[9007199254740993, 9007199254740992]", #"[1, true, "1", [1], null, 0, false]"#],
      not: ["[1, 1.0]", "[1e1, 10]", #"[{"a": 1, "b": 2}, {"b": 2, "a": 1}]"#, #"["\u00e9", "é"]"#]),
    SchemaExample(#"{"uniqueItems": true}"#, valid: [#"["\u00e9", "e\u0301"]"#]),
    SchemaExample(#"{"minLength": 2.0, "maxLength": 1e400}"#, valid: [#""ab""#], not: [#""a""#]),
  ]

  @Test("no digit is lost", arguments: examples)
  func numbers(_ example: SchemaExample) throws { try example.check() }
}
