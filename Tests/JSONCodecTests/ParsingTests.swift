// What the parser refuses, and what it says about it.
import JSONCodec
import Testing

@Suite("JSON parsing")
struct ParsingTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let text: String
    let line: Int
    let column: Int
    let message: String
    var testDescription: String { text }

    init(_ text: String, _ line: Int, _ column: Int, _ message: String) {
      (self.text, self.line, self.column, self.message) = (text, line, column, message)
    }
  }

  static let faults = [
    Fault("", 1, 1, "empty"),
    Fault(" \n ", 1, 1, "empty"),
    Fault("{\"a\": 1,}", 1, 9, "unexpected '}'"),
    Fault("{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, "unexpected '\\\"'"),
    Fault("[\n1,\n2\n", 4, 1, "ends too early"),
    Fault("{\"a\":[1,2}", 1, 10, "unexpected '}'"),
    Fault("{} x", 1, 4, "unexpected 'x' after the end"),
    Fault("1 2", 1, 3, "unexpected '2' after the end"),
    Fault("[\"ü\", tru]", 1, 7, "unknown word"),
    Fault("['a']", 1, 2, "unexpected"),
    Fault("[1,\n 01]", 2, 2, "number"),
    Fault("[1,\n 1.]", 2, 2, "number"),
    Fault("[1, \"\\x\"]", 1, 5, "escape"),
    Fault("{\"\\x\": 1}", 1, 2, "escape"),
    Fault("[\"a\tb\"]", 1, 4, "control character"),
    Fault("[\"a\", \"b]", 1, 7, "never closed"),
    Fault("\u{FEFF}{}", 1, 1, "byte order mark"),
    Fault("[12345678901234567890123x]", 1, 2, "number"),
  ]

  @Test("a fault is named with its line and column", arguments: faults)
  func location(fault: Fault) {
    let error = #expect(throws: JSONError.self) { try JSON.parse(fault.text) }
    #expect(error?.line == fault.line)
    #expect(error?.column == fault.column)
    #expect(error?.message.contains(fault.message) == true, "\(error?.message ?? "")")
    #expect(error?.description == "line \(fault.line), column \(fault.column): \(error?.message ?? "")")
    let validationError = #expect(throws: JSONError.self) { try JSON.validate(Array(fault.text.utf8)) }
    #expect(validationError == error)
  }

  @Test("invalid UTF-8 is refused where it stands")
  func encoding() {
    let error = #expect(throws: JSONError.self) {
      try JSON.parse(Array("[\"a\",\n\"".utf8) + [0xC3, 0x28, 0x22, 0x5D])
    }
    #expect(error?.offset == 7)
    #expect(error?.line == 2)
    #expect(error?.message.contains("UTF-8") == true)
  }

  @Test("nesting is limited", arguments: [1, 2, 128, 1024])
  func depth(limit: Int) throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + "1" + String(repeating: "]", count: levels)
    }
    let limits = JSONLimits(depth: limit)
    #expect(try JSON.parse(nested(limit), limits: limits).kind == .array)
    let error = #expect(throws: JSONError.self) { try JSON.parse(nested(limit + 1), limits: limits) }
    #expect(error?.message == "the JSON is nested more than \(limit) levels deep")
    #expect(error?.offset == limit)
  }

  @Test("a hundred thousand open brackets are refused")
  func bomb() {
    #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
  }

  @Test(
    "values are limited, keys do not count",
    arguments: [("[1,2,3]", 4), ("{\"a\":{\"b\":1},\"c\":[]}", 4), ("\"x\"", 1), ("[[],{},\"\"]", 4)])
  func nodes(text: String, values: Int) throws {
    #expect(try JSON.parse(text, limits: JSONLimits(nodes: values)).text == text)
    guard values > 1 else { return }
    let error = #expect(throws: JSONError.self) { try JSON.parse(text, limits: JSONLimits(nodes: values - 1)) }
    #expect(error?.message == "the JSON has more than \(values - 1) values")
  }

  @Test("a large document, and a small one after it, on one thread")
  func sizes() throws {
    let large = "[" + String(repeating: "\"0123456789\", ", count: 200_000) + "null]"
    #expect(try JSON.parse(large).count == 200_001)
    #expect(try JSON.parse(" 7 ").intValue == 7)
    #expect(try JSON.parse(large).bytes == Array(large.utf8))
  }
}
