// No query runs or grows without end, whoever wrote it and whatever it is asked of.

import JSONCodec
import JSONQuery
import Testing

@Suite("Limits of queries", .timeLimit(.minutes(1)))
struct QueryLimitTests {
  private static let tooMuchWork = "the query takes more than 2000000 steps through this document"

  /// Lists inside each other, each with many neighbours.
  private static let bush: JSON = (0..<60).reduce(.array([])) { inner, _ in
    .array([inner] + (0..<50).map { .int($0) })
  }

  private static let wide = JSON.array((0..<100_000).map { .object(["id": .int($0), "a": []]) })

  @Test(
    "a query that multiplies what it finds is refused",
    arguments: [
      "$..*..*..*..*", "$..[*,*,*]..[*,*,*]",
      "$..[?count(@..*) > count($..*) || @..[?@..*]]",
    ])
  func multiplication(query: String) throws {
    try refuses(query, in: Self.bush)
  }

  @Test(
    "looks that cost more than they show are paid for",
    arguments: [
      "$[\(Array(repeating: "*", count: 4000).joined(separator: ","))]",
      "$[?\(Array(repeating: "1==1", count: 1000).joined(separator: "&&"))]",
      "$[?\(Array(repeating: "@.b", count: 1000).joined(separator: "||"))]",
    ])
  func hiddenCosts(query: String) throws {
    try refuses(query, in: Self.wide)
  }

  @Test("long texts count by their length")
  func longTexts() throws {
    let document = try JSON.parse(
      JSON.object(["text": .string(String(repeating: "x", count: 1_000_000)), "list": Self.wide]).bytes)
    try refuses("$.list[?$.text != value(@.id) && $.text == $.text]", in: document)
    try refuses("$.list[?length($.text) == 1]", in: document)
    try refuses("$.list[?search($.text, 'y')]", in: document)
    try refuses("$.list[?search('x', $.text)]", in: document)
  }

  @Test("an answer that would be written many times over is refused")
  func answers() throws {
    let nested = (0..<500).reduce(JSON.string(String(repeating: "x", count: 200_000))) { inner, _ in .array([inner]) }
    try refuses("$..*", in: try JSON.parse(nested.bytes, limits: JSONLimits(depth: 1024)))
    let doubling = Array(repeating: "[@,@]", count: 60).joined(separator: "|")
    for end in ["", "|to_string(@)", "|[0] == [1]", "|contains(@, @[0])"] {
      try refuses(JMESPath(doubling + end), in: 1)
    }
    try refuses(JMESPath(Array(repeating: "join('', [@,@])", count: 60).joined(separator: "|")), in: "abc")
    try refuses(JMESPath(Array(repeating: "[].[@,@]", count: 30).joined(separator: "|")), in: [1, 1])
  }

  @Test("an answer nested deeper than anyone reads is refused")
  func nestedAnswers() throws {
    let query = try JMESPath(Array(repeating: "[[@]]", count: 1500).joined(separator: "|"))
    let error = #expect(throws: QueryError.self) { try query.value(in: 1) }
    #expect(error == QueryError(kind: .limit, message: "the query's answer is nested more than 1024 levels deep"))
    #expect(try JMESPath(Array(repeating: "[@]", count: 1000).joined(separator: "|")).value(in: 1).count == 1)
  }

  @Test("an expression may be long, but not too long")
  func length() throws {
    let longest = "$" + String(repeating: ".a", count: 4999) + "b"
    #expect(try JSONPath(longest).nodes(in: [:]).isEmpty)
    let message = "the expression is longer than 10000 characters"
    let expected = QuerySyntaxError(message: message, column: 10_001)
    #expect(throws: expected) { try JSONPath(longest + "b") }
    #expect(throws: expected) { try JMESPath(String(repeating: "a", count: 1_000_000)) }
    for chain in [".a", "|a", "||a", "&&a", "[0]"] {
      #expect(try JMESPath("a" + String(repeating: chain, count: 2000)).value(in: [:]).isNull)
    }
  }

  @Test(
    "an expression may be nested, but not too deep",
    arguments: [
      ("$[?", "(", "@", ")", "]"), ("$[?", "!(", "@", ")", "]"), ("$", "[?@", "", "]", ""),
      ("$[?", "length(", "@", ")", "==1]"), ("$[?", "count(@[?", "@", "])==1", "]"),
    ])
  func jsonPathNesting(start: String, opening: String, inside: String, closing: String, end: String) throws {
    func query(_ levels: Int) -> String {
      start + String(repeating: opening, count: levels) + inside + String(repeating: closing, count: levels) + end
    }
    let deepest = try #require((1...200).last { (try? JSONPath(query($0))) != nil })
    #expect((49...100).contains(deepest))
    #expect(throws: Never.self) { try JSONPath(query(deepest)).nodes(in: [[1]]) }
    let error = #expect(throws: QuerySyntaxError.self) { try JSONPath(query(500)) }
    #expect(error?.message == "the expression is nested more than 100 levels deep")
  }

  @Test(
    "operators and projections may be nested, but not too deep",
    arguments: [
      ("(", "@", ")"), ("[", "@", "]"), ("{a: ", "@", "}"), ("!", "@", ""), ("to_array(", "@", ")"),
      ("map(&", "@", ", `[1]`)"), ("", "a", "[*]"), ("", "a", "[?a]"), ("", "a", ".*"), ("[?", "a", "]"),
      ("", "a", "==a"), ("", "a", "[:]"),
    ])
  func jmesPathNesting(opening: String, inside: String, closing: String) throws {
    func query(_ levels: Int) -> String {
      String(repeating: opening, count: levels) + inside + String(repeating: closing, count: levels)
    }
    let value = try JMESPath(query(90)).value(in: ["a": [[[1]]]])
    #expect(try JSON.parse(value.text) == value)
    let error = #expect(throws: QuerySyntaxError.self) { try JMESPath(query(500)) }
    #expect(error?.message == "the expression is nested more than 100 levels deep")
  }

  @Test("patterns that make other engines run for ever take no time", arguments: ["(a+)+$", "(a|a)*b", "(.*)*(.*)*b"])
  func patterns(pattern: String) throws {
    let text = JSON.string(String(repeating: "a", count: 20_000) + "c")
    #expect(try JSONPath("$[?match(@, '\(pattern)')]").nodes(in: [text]).isEmpty)
    let document: JSON = ["texts": [text], "pattern": .string(pattern)]
    #expect(try JSONPath("$.texts[?match(@, $.pattern)]").nodes(in: document).isEmpty)
  }

  private func refuses(_ query: String, in document: JSON) throws {
    let query = try JSONPath(query)
    let error = #expect(throws: QueryError.self) { try query.nodes(in: document) }
    #expect(error == QueryError(kind: .limit, message: Self.tooMuchWork))
  }

  private func refuses(_ query: JMESPath, in document: JSON) throws {
    let error = #expect(throws: QueryError.self) { try query.value(in: document) }
    #expect(error == QueryError(kind: .limit, message: Self.tooMuchWork))
  }
}
