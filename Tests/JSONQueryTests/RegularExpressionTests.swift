// match() and search(): the patterns of RFC 9485, all of them and nothing else.

import JSONCodec
import JSONQuery
import TestSupport
import Testing

@Suite("Regular expressions of queries")
struct RegularExpressionTests {
  typealias Example = PatternExample

  static let examples = [
    Example("", [""], not: ["a"]),
    Example("a|b|", ["a", "b", ""], not: ["ab"]),
    Example("(ab)+c?", ["ab", "ababc"], not: ["c", "aabb"]),
    Example("a{2}", ["aa"], not: ["a", "aaa"]),
    Example("a{2,}", ["aa", "aaaaa"], not: ["a"]),
    Example("a{1,3}", ["a", "aaa"], not: ["", "aaaa"]),
    Example("a.c", ["abc", "a😀c", "a\u{2028}c"], not: ["a\nc", "a\rc", "ac"]),
    Example("[a-cx]", ["b", "x"], not: ["d", "-"]),
    Example("[^a-c]", ["d", "\n", "😀"], not: ["b"]),
    Example("[-a]", ["-", "a"], not: ["b"]),
    Example("[a-]", ["-", "a"], not: ["b"]),
    Example("[-]", ["-"], not: ["a"]),
    Example("[.*^$(){|}]", [".", "*", "^", "$", "(", "}", "|"], not: ["a", "\\"]),
    Example("[\\\\-\\]]", ["\\", "]"], not: ["-", "["]),
    Example("[&&~#:]+", ["&&", "~", "#:"], not: ["a"]),
    Example("\\(\\)\\*\\+\\-\\.\\?\\[\\\\\\]\\^\\{\\|\\}", ["()*+-.?[\\]^{|}"], not: ["x"]),
    Example("\\n\\r\\t", ["\n\r\t"], not: ["nrt"]),
    Example("\\p{Lu}\\p{L}*", ["Änne", "A"], not: ["anna", "A1"]),
    Example("\\P{L}", ["1", "€"], not: ["a"]),
    Example("[\\p{N}_\\P{L}]", ["1", "_", "€"], not: ["a"]),
    Example("[^\\p{Nd}]", ["a", "Ⅷ"], not: ["1", "٣"]),
    Example("\\p{Sc}\\p{Zs}", ["€ "], not: ["a "]),
    Example("\\p{Cn}", ["\u{378}"], not: ["a", "\u{0}"]),
    Example("\\P{Cn}", ["a", "\u{0}"], not: ["\u{378}"]),
    Example("[\\p{C}]", ["\u{378}", "\u{0}"], not: ["a"]),
    Example("\\P{C}", ["a"], not: ["\u{378}", "\u{0}"]),
    Example("e\u{301}", ["e\u{301}"], not: ["\u{e9}"]),
    Example("/ #,~\u{0}", ["/ #,~\u{0}"], not: [""]),
  ]

  static let invalid = [
    ("(", "a \"(\" is not closed"),
    ("a)", "a \")\" has no \"(\""),
    ("*", "there is nothing that the \"*\" could repeat"),
    ("(?:a)", "there is nothing that the \"?\" could repeat"),
    ("a**", "there is nothing that the \"*\" could repeat"),
    ("a+?", "there is nothing that the \"?\" could repeat"),
    ("(|*)", "there is nothing that the \"*\" could repeat"),
    ("a{", "a \"{\" needs a number after it"),
    ("a{,2}", "a \"{\" needs a number after it"),
    ("a{2,x}", "a \"{\" begins no repetition such as {2}, {2,} or {2,5}"),
    ("a{3,2}", "{3,2} has its numbers in the wrong order"),
    ("a{1001}", "it repeats something more than 1000 times"),
    ("a{99999999999999999999}", "it repeats something more than 1000 times"),
    ("(a{1000}){1000}", "it is too large, or repeats too much"),
    ("a]", "a \"]\" must be written \"\\]\""),
    ("a}", "a \"}\" must be written \"\\}\""),
    ("[]", "a \"]\" inside brackets must be written \"\\]\""),
    ("[^]", "a \"]\" inside brackets must be written \"\\]\""),
    ("[[:alpha:]]", "a \"[\" inside brackets must be written \"\\[\""),
    ("[a", "a \"[\" is not closed"),
    ("[z-a]", "z-a is a range in the wrong order"),
    ("[a-b-c]", "a \"-\" inside brackets stands first, last, in a range or as \"\\-\""),
    ("\\", "it ends with a \"\\\""),
    ("\\d+", "it has no \"\\d\"; there are classes such as [0-9] and [^ ], and \\p{L}"),
    ("[\\w]", "it has no \"\\w\"; there are classes such as [0-9] and [^ ], and \\p{L}"),
    ("(a)\\1", "it has no \"\\1\"; there are classes such as [0-9] and [^ ], and \\p{L}"),
    ("\\pL", "\"\\p\" needs a category of Unicode after it, as in \\p{Lu}"),
    ("\\P{Greek}", "\"\\P\" needs a category of Unicode after it, as in \\P{Lu}"),
    ("\\p{L", "\"\\p\" needs a category of Unicode after it, as in \\p{Lu}"),
  ]

  @Test("a pattern matches what RFC 9485 says, as literal and from the document", arguments: examples)
  func matches(example: Example) throws {
    let texts = JSON.array((example.matching + example.others).map(JSON.string))
    let expected = example.matching.map(JSON.string)
    let document: JSON = ["texts": texts, "pattern": .string(example.pattern)]
    #expect(try JSONPath("$.texts[?match(@, $.pattern)]").nodes(in: document) == expected)
    #expect(try JSONPath("$.texts[?match(@, \(JSON.string(example.pattern).text))]").nodes(in: document) == expected)
  }

  @Test("search() finds a part, match() wants the whole")
  func search() throws {
    let texts: JSON = ["ab", "xab", "abx", "x\nabx"]
    #expect(try JSONPath("$[?match(@, 'ab')]").nodes(in: texts) == ["ab"])
    #expect(try JSONPath("$[?search(@, 'ab')]").nodes(in: texts) == ["ab", "xab", "abx", "x\nabx"])
    #expect(try JSONPath("$[?search(@, '^ab$')]").nodes(in: texts) == ["ab"])
  }

  @Test("what is no pattern is refused in the query", arguments: invalid)
  func refuses(pattern: String, reason: String) throws {
    let query = "$[?match(@, \(JSON.string(pattern).text))]"
    let error = #expect(throws: QuerySyntaxError.self) { try JSONPath(query) }
    #expect(error?.message == "this is no regular expression of RFC 9485: \(reason)")
    #expect(error?.column == 13)
  }

  @Test("what is no pattern, or no text, matches nothing where it comes from the document", arguments: invalid)
  func ignores(pattern: String, reason: String) throws {
    let document: JSON = ["texts": ["a", "", 1], "patterns": [.string(pattern), 1, nil]]
    #expect(try JSONPath("$.texts[?search(@, $.patterns[0])]").nodes(in: document).isEmpty)
    #expect(try JSONPath("$.texts[?search(@, $.patterns[1])]").nodes(in: document).isEmpty)
    #expect(try JSONPath("$.texts[?search(@, $.patterns[2])]").nodes(in: document).isEmpty)
  }

  @Test("many patterns from a document are told apart")
  func manyPatterns() throws {
    let pairs = (0..<100).map { JSON.object(["text": .string("a\($0)"), "pattern": .string("[a]\($0)")]) }
    #expect(try JSONPath("$[?match(@.text, @.pattern)]").nodes(in: .array(pairs)).count == 100)
    let alike: JSON = [["\u{e9}", "\u{e9}"], ["e\u{301}", "e\u{301}"], ["\u{e9}", "e\u{301}"]]
    #expect(try JSONPath("$[?match(@[0], @[1])]").nodes(in: alike).count == 2)
  }
}
