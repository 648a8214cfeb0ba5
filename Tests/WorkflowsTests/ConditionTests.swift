// Conditions: every operator with every kind of value, and what is wrong with one.
import JSONCodec
import Testing
import Workflows

@Suite("Conditions")
struct ConditionTests {
  /// A condition over `$context.data`, loaded as a trigger's `when`.
  private static func condition(_ when: JSON) throws -> Condition {
    let definition: JSON = ["trigger": ["type": "webhook", "when": when]]
    let workflow = try TestNodes.loader.load(stored: definition, key: "test")
    return try #require(workflow.trigger.when)
  }

  private static func holds(_ left: JSON, _ name: String, _ right: JSON) throws -> Bool {
    let scope = TestScope(data: ["left": left, "right": right])
    return try condition(["{{$context.data.left}}", .string(name), "{{$context.data.right}}"] as JSON)
      .evaluate(scope)
  }

  @Test(
    "Equality is by value, and loose between numbers and text that reads as numbers",
    arguments: [
      (1, 1, true), (1, 1.0, true), (1, "1", true), ("1", 1, true), (1, " 1.0 ", true), (1, "1x", false),
      (0, "", false),
      ("1", "1.0", false), ("a", "a", true), ("a", "A", false), ("é", "e\u{301}", false), (true, true, true),
      (true, "true", true), ("false", false, true), (true, 1, false), (false, 0, false), (false, nil, false),
      (nil, nil, true), (nil, 0, false), (nil, "", false), ([1, "a"], [1.0, "a"], true), ([1, 2], [2, 1], false),
      (["a": 1, "b": 2], ["b": 2, "a": 1], true), (["a": 1], ["a": 2], false), ([], [:], false), ([1], 1, false),
      (.int(9_007_199_254_740_993), .number("9007199254740993"), true),
      (.int(9_007_199_254_740_993), 9_007_199_254_740_992.0, false),
      (.number("123456789012345678901234567890"), "123456789012345678901234567890", true),
      (.number("123456789012345678901234567890"), .number("123456789012345678901234567891"), false),
      (.number("1e400"), .number("10e399"), true), (0.0, "-0", true), (100, "1e2", true),
      (.number("9007199254740993.0"), .int(9_007_199_254_740_992), false),
      (.number("9007199254740993.0"), .int(9_007_199_254_740_993), true),
      (.number("9007199254740992.5"), .int(9_007_199_254_740_992), false),
      (.number("1.00000000000000000001"), 1, false), (1, "1.00000000000000000001", false),
      (.number("1e-400"), 0, false), (.number("1e999999999"), "10e999999998", true),
      ([.number("12345678901234567890")], [.number("12345678901234567890.0")], true),
      ([.number("1e400")], [.number("10e399")], true),
    ] as [(JSON, JSON, Bool)])
  func equality(left: JSON, right: JSON, expected: Bool) throws {
    for name in ["equal", "=="] { #expect(try Self.holds(left, name, right) == expected) }
    for name in ["notEqual", "!="] { #expect(try Self.holds(left, name, right) == !expected) }
  }

  @Test(
    "Order is by number or by Unicode scalars",
    arguments: [
      (1, 2, "<"), (2, 1.5, ">"), (1, 1.0, "="), (-3, 2, "<"), (-1, -2, ">"), (0.1, 0.2, "<"), ("10", 9, ">"),
      (9, "10", "<"), ("10", "9", "<"), ("a", "b", "<"), ("a", "ab", "<"), ("b", "a", ">"), ("Z", "a", "<"),
      ("\u{FFFF}", "\u{10000}", "<"), ("2026-01-02T00:00:00Z", "2026-01-10T00:00:00Z", "<"),
      (.int(9_007_199_254_740_993), .int(9_007_199_254_740_992), ">"),
      (.int(.max), .number("9223372036854775808"), "<"), (.number("1e400"), .int(.max), ">"), (5, "x", "none"),
      (nil, 1, "none"), (true, false, "none"), ([1], [2], "none"), (nil, nil, "none"), (0.001, "1e-3", "="),
      (.number("9007199254740993.0"), .int(9_007_199_254_740_992), ">"),
      (.number("9007199254740992.5"), .int(9_007_199_254_740_992), ">"), (.number("1e-400"), 0, ">"),
      (1, .number("1.00000000000000000001"), "<"), (.number("-1e999999999"), .int(.min), "<"),
    ] as [(JSON, JSON, String)])
  func order(left: JSON, right: JSON, expected: String) throws {
    #expect(try Self.holds(left, "gt", right) == (expected == ">"))
    #expect(try Self.holds(left, "<", right) == (expected == "<"))
    #expect(try Self.holds(left, "gte", right) == (expected == ">" || expected == "="))
    #expect(try Self.holds(left, "<=", right) == (expected == "<" || expected == "="))
    #expect(try Self.holds(left, ">", right) == Self.holds(left, "gt", right))
    #expect(try Self.holds(left, "lt", right) == Self.holds(left, "<", right))
    #expect(try Self.holds(left, ">=", right) == Self.holds(left, "gte", right))
    #expect(try Self.holds(left, "lte", right) == Self.holds(left, "<=", right))
  }

  @Test(
    "Parts of texts, lists and objects",
    arguments: [
      ("warehouse", "includes", "house", true), ("warehouse", "includes", "", true), ("x", "includes", nil, false),
      ([1, "b"], "includes", "1", true), ([1, "b"], "includes", "c", false), ([[1]], "includes", [1], true),
      (["a": 1], "includes", "a", true), (["a": 1], "includes", "b", false), (nil, "includes", "a", false),
      (12345, "includes", 34, true), ("refs/heads/main", "startsWith", "refs/", true), ("a", "startsWith", "ab", false),
      (49123, "startsWith", "49", true), (nil, "startsWith", "", false), ("photo.jpg", "endsWith", ".jpg", true),
      ("jpg", "endsWith", ".jpg", false), ([1], "endsWith", "1", false), ("paid", "in", ["paid", "open"], true),
      (1, "in", ["1"], true), ("x", "in", ["paid"], false), ("ai", "in", "paid", true), ("a", "in", ["a": 1], true),
      ("a", "in", nil, false),
    ] as [(JSON, String, JSON, Bool)])
  func parts(left: JSON, name: String, right: JSON, expected: Bool) throws {
    #expect(try Self.holds(left, name, right) == expected)
    let opposite = "not" + name.prefix(1).uppercased() + name.dropFirst()
    #expect(try Self.holds(left, opposite, right) == !expected)
  }

  @Test(
    "Presence and emptiness",
    arguments: [
      (nil, false, true), ("", true, true), ([], true, true), ([:], true, true), (0, true, false), (false, true, false),
      ("a", true, false), ([nil], true, false), (["a": nil], true, false),
    ] as [(JSON, Bool, Bool)])
  func presence(value: JSON, exists: Bool, empty: Bool) throws {
    let scope = TestScope(data: ["left": value])
    func holds(_ name: String) throws -> Bool {
      try Self.condition(["{{$context.data.left}}", .string(name)] as JSON).evaluate(scope)
    }
    #expect(try holds("exists") == exists)
    #expect(try holds("notExists") == !exists)
    #expect(try holds("empty") == empty)
    #expect(try holds("notEmpty") == !empty)
    #expect(try !Self.condition(["{{$context.data.gone}}", "exists"] as JSON).evaluate(scope))
    #expect(try Self.condition(["{{$context.data.gone}}", "empty"] as JSON).evaluate(scope))
  }

  @Test(
    "Regular expressions match anywhere",
    arguments: [
      ("order-17", "^order-[0-9]+$", true), ("an order-17", "^order", false), ("ORDER", "(?i)order", true),
      (17, "^\\d+$", true), (nil, ".*", false), ([1], ".*", false), ("日本", "^\\p{Han}{2}$", true),
    ] as [(JSON, String, Bool)])
  func patterns(value: JSON, pattern: String, expected: Bool) throws {
    let condition = try Self.condition(["{{$context.data}}", "matches", .string(pattern)] as JSON)
    #expect(try condition.evaluate(TestScope(data: value)) == expected)
  }

  @Test("A pattern looks at the first 64 KB, and is stopped when it takes too long")
  func patternLimits() throws {
    let long = String(repeating: "é", count: 40_000) + "end"
    #expect(
      try !Self.condition(["{{$context.data}}", "matches", "end"] as JSON).evaluate(TestScope(data: .string(long))))
    let evil = try Self.condition(["{{$context.data}}", "matches", "^(a+)+$"] as JSON)
    let subject = JSON.string(String(repeating: "a", count: 40) + "!")
    let clock = ContinuousClock()
    var thrown = false
    let time = clock.measure {
      do { _ = try evil.evaluate(TestScope(data: subject)) } catch { thrown = true }
    }
    #expect(thrown)
    #expect(time < .seconds(20))
  }

  @Test("all, any and not combine, and stop as soon as the outcome is known")
  func groups() throws {
    let yes: JSON = [1, "equal", 1]
    let no: JSON = [1, "equal", 2]
    let scope = TestScope()
    for (when, expected) in [
      (["all": [yes, yes]], true), (["all": [yes, no]], false), (["any": [no, yes]], true), (["any": [no]], false),
      (["not": no], true), (["not": ["any": [no, ["all": [yes, ["not": yes]]]]]], true),
    ] as [(JSON, Bool)] {
      #expect(try Self.condition(when).evaluate(scope) == expected)
    }
    struct Counting: VariableScope {
      func value(of root: VariableRoot) throws(TemplateError) -> JSON? { throw TemplateError("asked") }
    }
    #expect(try Self.condition(["any": [yes, ["{{$context.data}}", "exists"]]]).evaluate(Counting()))
    #expect(throws: TemplateError.self) {
      try Self.condition(["all": [yes, ["{{$context.data}}", "exists"]]]).evaluate(Counting())
    }
  }

  @Test("A condition tells which variables it uses")
  func references() throws {
    let condition = try Self.condition(["all": [["{{$context.data.a}}", "equal", "{{$env.A}}"]]])
    #expect(condition.references.map(\.text) == ["$context.data.a", "$env.A"])
  }

  @Test(
    "A wrong condition is told where and why",
    arguments: [
      ("[a, equals, b]", #"1:36: there is no operator "equals" (did you mean "equal"?)"#),
      ("[a, equal]", #"1:32: "equal" compares with something: [left, equal, right]"#),
      ("[a, exists, b]", #"1:44: "exists" looks at one value: [value, exists]"#),
      ("[a, equal, b, c]", "1:32: a comparison is [left, operator, right]; this list has 4 entries"),
      ("[a]", "1:32: a comparison is [left, operator, right]; this list has 1 entries"),
      ("[a, 3, b]", "1:36: an operator such as equal must stand here, not 3"),
      (
        "[[a, equal, b], [c, equal, d]]",
        "1:32: a list of conditions needs a word for how they go together: write all: […] or any: […]"
      ),
      ("{all: [a, equal, b]}", #"1:38: "all" takes a list of conditions: write [[left, operator, right]]"#),
      ("{all: []}", #"1:38: "all" needs at least one condition"#),
      ("{all: 3}", #"1:38: "all" takes a list of conditions, not 3"#),
      (
        "{any: [[a, equal, b]], not: [a, exists]}",
        #"1:55: a condition has one of "all", "any" and "not"; put one inside the other"#
      ),
      ("{al: []}", #"1:33: a condition has no "al" (did you mean "all"?)"#),
      ("{}", #"1:32: a condition needs "all", "any" or "not""#),
      ("true", #"1:32: a condition is [left, operator, right], or a mapping with "all", "any" or "not"; not true"#),
      ("[a, matches, \"[\"]", #"1:45: "[" is no valid regular expression"#),
      (
        "[a, matches, \"{{$context.data}}\"]",
        #"1:45: "matches" takes a regular expression as plain text, without placeholders"#
      ),
      ("[\"{{$contex.data}}\", exists]", #"1:36: there is no variable "$contex" (did you mean "$context"?)"#),
    ])
  func mistakes(when: String, message: String) {
    #expect(problems(workflow(trigger: "when: " + when)) == ["a.yaml:" + message])
  }
}
