// What JSONPath queries find, beyond the compliance suite: order, nothing, numbers and texts of all kinds.

import JSONCodec
import JSONQuery
import Testing

@Suite("JSONPath")
struct JSONPathTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let query: String
    let document: String
    let found: String
    var testDescription: String { "\(query) in \(document)" }

    init(_ query: String, _ document: String, _ found: String) {
      (self.query, self.document, self.found) = (query, document, found)
    }
  }

  static let segments = [
    Example("$", "1", "[1]"),
    Example("$..a", #"{"a":{"a":1},"b":[{"a":2}]}"#, #"[{"a":1},1,2]"#),
    Example("$..*", "[[1,[2]],3]", "[[1,[2]],3,1,[2],2]"),
    Example("$..[0]", "[[1,[2]],3]", "[[1,[2]],1,2]"),
    Example("$..['a',0]", #"[{"a":1},[2]]"#, #"[{"a":1},1,2]"#),
    Example("$[*].*", #"[{"b":1,"a":2},[3]]"#, "[1,2,3]"),
    Example("$['a','a']", #"{"a":1}"#, "[1,1]"),
    Example("$.a", #"{"a":1,"a":2}"#, "[2]"),
    Example("$.*", #"{"a":1,"b":2,"a":3}"#, "[3,2]"),
    Example("$.ünï_1", #"{"ünï_1":1}"#, "[1]"),
    Example("$['\u{65}\u{301}']", #"{"\#u{e9}":1}"#, "[]"),
    Example(#"$["\u00e9"]"#, #"{"\#u{e9}":1}"#, "[1]"),
    Example(#"$['\ud83d\ude00']"#, #"{"😀":1}"#, "[1]"),
    Example(#"$['it\'s']"#, #"{"it's":1}"#, "[1]"),
    Example("$[5:1:-2]", "[0,1,2,3,4,5,6]", "[5,3]"),
    Example("$[-1:-9007199254740991:-9007199254740991]", "[0,1,2]", "[2]"),
    Example("$[::0]", "[0,1,2]", "[]"),
    Example("$[1:]", #"{"1":2}"#, "[]"),
  ]

  static let filters = [
    Example("$[?@.a == @.b]", #"[{},{"a":null},{"a":1,"b":1.0}]"#, #"[{},{"a":1,"b":1.0}]"#),
    Example("$[?@.a != 1]", #"[{},{"a":1},{"a":2}]"#, #"[{},{"a":2}]"#),
    Example(
      "$[?@.a <= @.b]", #"[{},{"a":null,"b":null},{"a":true,"b":true},{"a":"a","b":"b"},{"a":2,"b":1}]"#,
      #"[{},{"a":null,"b":null},{"a":true,"b":true},{"a":"a","b":"b"}]"#),
    Example("$[?@ < 'b']", #"["a","b","B",1,null]"#, #"["a","B"]"#),
    Example(#"$[?@ > '\uffff']"#, #"["😀","z"]"#, #"["😀"]"#),
    Example("$[?@ == $[0]]", "[[1,{}],[1,{}],[1]]", "[[1,{}],[1,{}]]"),
    Example("$[?@ == 9007199254740993]", "[9007199254740992,9007199254740993]", "[9007199254740993]"),
    Example("$[?@ < 9007199254740993]", "[9007199254740992,9007199254740993]", "[9007199254740992]"),
    Example("$[?@ > 18446744073709551616]", "[1e400,1,184467440737095516160]", "[1e400,184467440737095516160]"),
    Example("$[?@ == 18446744073709551616]", "[18446744073709551616,1]", "[18446744073709551616]"),
    Example("$[?@ > 12345678901234567890]", "[12345678901234567890,12345678901234567891]", "[12345678901234567891]"),
    Example("$[?@ == $[0]]", "[9007199254740992.5,9007199254740992]", "[9007199254740992.5]"),
    Example("$[?@ == $[0]]", "[[1e400],[10e399],[1e401]]", "[[1e400],[10e399]]"),
    Example("$[?@ < 0.1]", "[0.09999999999999999999,0.1,0.10]", "[0.09999999999999999999]"),
    Example("$[?@ == -0.0]", "[0,0.0,-0,1]", "[0,0.0,-0]"),
    Example("$[?@.a]", #"[{"a":null},{"a":false},{}]"#, #"[{"a":null},{"a":false}]"#),
    Example(
      "$[?!(@.a && @.b) || @.c]", #"[{"a":1},{"a":1,"b":1},{"a":1,"b":1,"c":1}]"#,
      #"[{"a":1},{"a":1,"b":1,"c":1}]"#),
    Example("$.a[?@ == $.b]", #"{"a":[1,2],"b":2}"#, "[2]"),
    Example("$[?@[?@ > $[0][0]]]", "[[1],[2],[1,3]]", "[[2],[1,3]]"),
    Example("$[?length(@) == 1]", #"["😀","e\#u{301}",[[]],{"a":1},1,null]"#, #"["😀",[[]],{"a":1}]"#),
    Example("$[?count(@.*) == 2]", #"[[1,2],{"a":1,"b":2},[1],1]"#, #"[[1,2],{"a":1,"b":2}]"#),
    Example("$[?value(@..a) == 1]", #"[{"a":1},{"b":[{"a":1}]},{"a":{"a":1}}]"#, #"[{"a":1},{"b":[{"a":1}]}]"#),
    Example("$[?length(value(@..a)) == 1 && count(@['a','b']) == 1]", #"[{"a":"x"},{"a":"x","b":1}]"#, #"[{"a":"x"}]"#),
  ]

  @Test("segments find their values in the order of the RFC", arguments: segments)
  func selects(example: Example) throws {
    try check(example)
  }

  @Test("filters compare as the RFC has it", arguments: filters)
  func compares(example: Example) throws {
    try check(example)
  }

  private func check(_ example: Example) throws {
    let nodes = try JSONPath(example.query).nodes(in: try JSON.parse(example.document))
    #expect(JSON.array(nodes).text == example.found)
  }

  @Test("values that no one parsed are searched like parsed ones")
  func builtValues() throws {
    let document: JSON = ["items": [["id": 1, "tags": ["a"]], ["id": 2, "tags": []]]]
    #expect(try JSONPath("$.items[?@.tags[0] == 'a'].id").nodes(in: document) == [1])
    #expect(try JSONPath("$..tags[-1]").nodes(in: document) == ["a"])
    #expect(try JSONPath("$.items[?@.tags == $.items[0].tags].id").nodes(in: document) == [1])
  }

  @Test("a document as deep as the codec reads is searched whole")
  func deepDocument() throws {
    let text = String(repeating: "[", count: 1024) + "7" + String(repeating: "]", count: 1024)
    let document = try JSON.parse(text, limits: JSONLimits(depth: 1024))
    #expect(try JSONPath("$..[?@ == 7]").nodes(in: document) == [7])
    #expect(try JSONPath("$..[?@ == $]").nodes(in: [document, document]).isEmpty)
    #expect(try JSONPath("$[?@ == $[1]]").nodes(in: [document, document]).count == 2)
  }
}
