// What JMESPath makes of documents, beyond the compliance suite: every function, projections and precedence.

import JSONCodec
import JSONQuery
import Testing

@Suite("JMESPath")
struct JMESPathTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let expression: String
    let value: String
    var testDescription: String { expression }

    init(_ expression: String, _ value: String) {
      (self.expression, self.value) = (expression, value)
    }
  }

  /// What all examples look into.
  static let document = """
    {"n":[3,-1.5,2],"s":["b","a","é"],"mixed":[1,"a"],"big":18446744073709551616,"text":"abc","none":null,"yes":true,
    "people":[{"name":"Ann","age":30,"on":{"a":true}},{"name":"Bob","age":25,"on":{"a":false}},{"name":"Cy","age":30}],
    "tree":{"x":{"c":{"d":1}},"y":{"c":{"d":2}},"z":3},"rows":[[1,[2]],[3],4]}
    """

  static let functions = [
    Example("abs(n[1])", "1.5"), Example("abs(big)", "18446744073709551616"),
    Example("abs(`-18446744073709551616`)", "18446744073709551616"),
    Example("abs(`-9223372036854775808`)", "9223372036854775808"),
    Example("avg(n)", "1.1666666666666667"), Example("avg(`[1,2,3]`)", "2"), Example("avg(`[]`)", "null"),
    Example("ceil(n[1])", "-1"), Example("ceil(`1e400`)", "1e400"), Example("ceil(big)", "18446744073709551616"),
    Example("floor(n[1])", "-2"), Example("floor(`7`)", "7"),
    Example("contains(text, 'bc')", "true"), Example("contains(text, '')", "true"),
    Example("contains(text, 'abcd')", "false"), Example("contains('aabaac', 'aac')", "true"),
    Example("contains(text, `1`)", "false"), Example("contains(n, `3.0`)", "true"),
    Example("ends_with(text, 'bc')", "true"), Example("ends_with(text, 'xabc')", "false"),
    Example("starts_with(text, 'ab')", "true"), Example("starts_with('e\u{301}', 'e')", "true"),
    Example("join('-', s)", #""b-a-é""#), Example("join(', ', `[]`)", #""""#),
    Example("keys(people[0])", #"["name","age","on"]"#), Example("values(people[1])", #"["Bob",25,{"a":false}]"#),
    Example("length('é😀')", "2"), Example("length(people[0])", "3"), Example("length(n)", "3"),
    Example("map(&on.a, people)", "[true,false,null]"),
    Example("max(n)", "3"), Example("max(s)", #""é""#), Example("min(n)", "-1.5"), Example("min(`[]`)", "null"),
    Example("max_by(people, &age).name", #""Ann""#), Example("min_by(people, &name).age", "30"),
    Example("merge(`{\"a\":1,\"b\":2}`, `{\"b\":3}`, `{\"c\":4}`)", #"{"a":1,"b":3,"c":4}"#),
    Example("not_null(none, missing, text)", #""abc""#), Example("not_null(none)", "null"),
    Example("reverse(n)", "[2,-1.5,3]"), Example("reverse('a😀')", #""😀a""#),
    Example("sort(n)", "[-1.5,2,3]"), Example("sort(s)", #"["a","b","é"]"#),
    Example(
      "sort(`[9007199254740993, 9007199254740992, 1e400, -1e400]`)",
      "[-1e400,9007199254740992,9007199254740993,1e400]"),
    Example("sort(`[18446744073709551615, 18446744073709551614]`)", "[18446744073709551614,18446744073709551615]"),
    Example("max(`[1, 1.00000000000000000001]`)", "1.00000000000000000001"),
    Example("sort_by(people, &age)[].name", #"["Bob","Ann","Cy"]"#),
    Example("sum(n)", "3.5"), Example("sum(`[]`)", "0"), Example("sum(`[1.5, 1.5]`)", "3"),
    Example("sum(`[9007199254740993, 1]`)", "9007199254740994"),
    Example("sum(`[9223372036854775807, 1]`)", "9.223372036854776e+18"), Example("sum(`[1e308, 1e308]`)", "null"),
    Example("to_array(n)", "[3,-1.5,2]"), Example("to_array(text)", #"["abc"]"#),
    Example("to_number('-1.50')", "-1.50"), Example("to_number(' 1')", "null"), Example("to_number('0x1')", "null"),
    Example("to_number(yes)", "null"), Example("to_number(big)", "18446744073709551616"),
    Example("to_string(big)", #""18446744073709551616""#), Example("to_string(text)", #""abc""#),
    Example("to_string(none)", #""null""#), Example("to_string(`{\"a\": [1, \"x\"]}`)", ##""{\"a\":[1,\"x\"]}""##),
    Example(
      "[type(n), type(none), type(yes), type(text), type(big), type(tree)]",
      #"["array","null","boolean","string","number","object"]"#),
  ]

  static let expressions = [
    Example("tree.*.c.d", "[1,2]"), Example("tree.*.c.*", "[[1],[2]]"), Example("tree.*.c | [0].d", "1"),
    Example("rows[]", "[1,[2],3,4]"), Example("rows[][]", "[1,2,3,4]"), Example("rows[0][1][0]", "2"),
    Example("rows[:2][0]", "[1,3]"), Example("rows[0][:1]", "[1]"), Example("(rows[:2])[0]", "[1,[2]]"),
    Example("people[?age > `25`].name", #"["Ann","Cy"]"#), Example("people[?!on.a].name", #"["Bob","Cy"]"#),
    Example("people[?!(age == `30`)].name", #"["Bob"]"#), Example("!people[*].name", "false"),
    Example("!none == yes", "true"), Example("people[?name >= 'Bob'].name", #"["Bob","Cy"]"#),
    Example("`1` < 'a'", "null"), Example("none <= none", "null"), Example("big > `1`", "true"),
    Example("yes && none || text", #""abc""#), Example("none || yes && text", #""abc""#),
    Example("n[0] == `3` == yes", "true"), Example("{a: n[0], \"b c\": none}", #"{"a":3,"b c":null}"#),
    Example("missing.{a: n}", "null"), Example("missing.[n]", "null"),
    Example("people[*].[name, age][1]", #"["Bob",25]"#),
    Example("people[-1].name", #""Cy""#), Example("n[99999999999999999999]", "null"),
    Example("n[:99999999999999999999]", "[3,-1.5,2]"), Example("n[::-2]", "[2,3]"),
    Example(#"'it\'s \n \\'"#, #""it's \\n \\\\""#), Example("`\"\\`\"`", #""`""#), Example(#""t\u0065xt""#, #""abc""#),
    Example("s[?@ == 'e\u{301}']", "[]"), Example("@ == @", "true"),
  ]

  @Test("each function does what the specification says", arguments: functions)
  func calls(example: Example) throws {
    try check(example)
  }

  @Test("operators and projections bind as they should", arguments: expressions)
  func evaluates(example: Example) throws {
    try check(example)
  }

  private func check(_ example: Example) throws {
    let value = try JMESPath(example.expression).value(in: try JSON.parse(Self.document))
    #expect(value.text == example.value)
  }

  @Test(
    "a function that gets another type says what it takes",
    arguments: [
      ("text | abs(@)", "abs() in column 8 takes a number, but found a string"),
      ("sum(mixed)", "sum() in column 1 takes an array of numbers, but found a string in it"),
      ("join('', n)", "join() in column 1 takes an array of strings, but found a number in it"),
      ("length(n[0])", "length() in column 1 takes a string, an array or an object, but found a number"),
      ("sort(mixed)", "sort() in column 1 takes only numbers or only strings, but found a string"),
      ("max_by(people, &on)", "max_by() in column 1 takes only numbers or only strings, but found an object"),
      ("map(&@, none)", "map() in column 1 takes an array, but found null"),
      ("merge(tree, rows)", "merge() in column 1 takes an object, but found an array"),
      ("keys(yes)", "keys() in column 1 takes an object, but found a boolean"),
    ])
  func refusesTypes(expression: String, message: String) throws {
    let query = try JMESPath(expression)
    let error = #expect(throws: QueryError.self) { try query.value(in: try JSON.parse(Self.document)) }
    #expect(error?.message == message)
    #expect(error?.kind == .type)
  }
}
