// Patterns of ECMA-262, matched in linear time.

import JSONCodec
import JSONValidation
import TestSupport
import Testing

@Suite("Patterns of JSON Schema")
struct SchemaPatternTests {
  typealias Example = PatternExample

  static let examples = [
    Example("", ["", "a"], not: []),
    Example("a+", ["xxaayy"], not: ["b"]),
    Example("^abc$", ["abc"], not: ["abc\n", "\nabc", "abcd"]),
    Example("^.$", ["a", "😀", "\u{85}"], not: ["\n", "\r", "\u{2028}", "\u{2029}", "ab"]),
    Example("^\\d+$", ["09"], not: ["٣", "a"]),
    Example("^\\D$", ["a", "٣"], not: ["1"]),
    Example("^\\w$", ["a", "_", "0"], not: ["é", "-"]),
    Example("^\\W$", ["é", "-"], not: ["a"]),
    Example("^\\s$", [" ", "\u{B}", "\u{A0}", "\u{FEFF}", "\u{2003}", "\u{2029}"], not: ["\u{85}", "a", "\u{200B}"]),
    Example("^\\S$", ["a", "\u{200B}", "😀"], not: [" ", "\u{A0}", "\u{FEFF}"]),
    Example("^[\\s\\d]+$", ["1\u{A0}2"], not: ["a"]),
    Example("^[^\\S]$", [" "], not: ["a"]),
    Example("\\bfoo\\b", ["a foo b"], not: ["afoo"]),
    Example("^\\t\\n\\r\\f\\v\\0\\cA\\x41\\u00e9$", ["\t\n\r\u{C}\u{B}\0\u{1}Aé"], not: ["tn"]),
    Example("^\\u{1f432}\\uD83D\\uDC32$", ["🐲🐲"], not: ["🐲"]),
    Example("^🐲*$", ["", "🐲🐲"], not: ["🐉"]),
    Example("^[🐉-🐲]$", ["🐲"], not: ["a"]),
    Example("^\\p{Letter}+$", ["Grün"], not: ["1"]),
    Example("^\\p{Lu}\\P{Lu}$", ["Aa"], not: ["AA"]),
    Example("^[\\p{Script=Greek}\\p{gc=Nd}]+$", ["αβ1"], not: ["a"]),
    Example("^(?:a|b)(?<name>c)(d)$", ["acd"], not: ["ad"]),
    Example("^a{2}b{1,}c{0,2}$", ["aab", "aabbcc"], not: ["ab", "aabccc"]),
    Example("^a+?b*?c??$", ["aab"], not: ["b"]),
    Example("^{a}$", ["{a}"], not: ["a"]),
    Example("^a{,2}$", ["a{,2}"], not: ["aa"]),
    Example("^[a\\]-]$", ["a", "]", "-"], not: ["b"]),
    Example("^[\\b]$", ["\u{8}"], not: ["b"]),
    Example("^[^]$", ["\n", "a"], not: [""]),
    Example("[]", [], not: ["", "a"]),
    Example("^[[:alpha:]]$", [":]", "a]"], not: ["b"]),
    Example("^[\\w-.]+$", ["a-b.c"], not: ["a b"]),
    Example("^[.*+?^${}()|\\\\/]$", ["^", "\\", "|"], not: ["a"]),
    Example("^\\/\\-\\.\\$$", ["/-.$"], not: ["a"]),
    Example("^\\^https:\\/\\/$", ["^https://"], not: ["https://"]),
    Example("^e\u{301}$", ["e\u{301}"], not: ["\u{e9}"]),
  ]

  @Test("a pattern matches as ECMA-262 says", arguments: examples)
  func patterns(_ example: Example) throws {
    let schema = try JSONSchema(["pattern": .string(example.pattern)])
    for text in example.matching { #expect(schema.failures(of: .string(text)) == [], "\(text) should match") }
    for text in example.others { #expect(schema.failures(of: .string(text)) != [], "\(text) should not match") }
    #expect(schema.failures(of: 1) == [])
  }

  static let invalid = [
    ("(", "has a \"(\" that is not closed"), ("a)", "has a \")\" without its \"(\""),
    ("*", "has a \"*\" with nothing to repeat"), ("a**", "has a \"*\" with nothing to repeat"),
    ("a{2}{3}", "has a \"{3}\" with nothing to repeat"), ("(+)", "has a \"+\" with nothing to repeat"),
    ("a{3,2}", "has the numbers of {3,2} in the wrong order"), ("a{1001}", "repeats something more than 1000 times"),
    ("[a", "has a \"[\" that is not closed"), ("[b-a]", "has the range b-a in the wrong order"),
    ("\\", "ends with a \"\\\""), ("\\Z", "has a \"\\Z\", which means nothing"),
    ("\\a", "has a \"\\a\", which means nothing"), ("\\u12", "has a \"\\x\" or \"\\u\" without 4 hexadecimal digits"),
    ("\\uD83D", "has half of a surrogate pair"), ("\\c1", "has a \"\\c\" without a letter"),
    ("\\p{Foo}", "has a property \"Foo\" that is not known here"),
    ("(?i)a", "has a \"(?\" that means nothing"), ("(?<a", "has a group whose name is not closed"),
    ("(?!a)", "looks ahead or behind, which cannot be matched in linear time"),
    ("(?<=a)b", "looks ahead or behind, which cannot be matched in linear time"),
    ("(a)\\1", "refers back to a group, which cannot be matched in linear time"),
    ("(?<n>a)\\k<n>", "refers back to a group, which cannot be matched in linear time"),
    ("(((a{100}){100}){100})", "is too large, or asks for what no linear-time engine has"),
    (String(repeating: "a", count: 10_001), "is longer than 10000 characters"),
  ]

  @Test("a pattern that is none, or has no linear time, is refused with the reason", arguments: invalid)
  func problems(pattern: String, message: String) throws {
    let problem = #expect(throws: JSONSchemaProblem.self) { try JSONSchema(["pattern": .string(pattern)]) }
    #expect(problem?.message.hasSuffix(" " + message) == true, "\(String(describing: problem))")
    #expect(problem?.pointer == "/pattern")
  }

  @Test("keys are matched as well", arguments: [#"{"patternProperties": {"^x-": {"type": "string"}}}"#])
  func keys(schema: String) throws {
    let schema = try JSONSchema(JSON.parse(schema))
    #expect(schema.failures(of: try JSON.parse(#"{"x-a": "b", "y": 1}"#)) == [])
    #expect(schema.failures(of: try JSON.parse(#"{"\u0078-a": 1}"#)).map(\.instancePointer) == ["/x-a"])
  }
}
