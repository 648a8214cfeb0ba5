// YAML and JSON text: what scalars mean, and what keeps a file from being read.
import JSONCodec
import Testing
import Workflows

@Suite("YAML and JSON source")
struct SourceTests {
  private func value(_ yaml: String) throws -> JSON {
    let loaded = try TestNodes.loader.load(
      file: "a.yaml", text: workflow(nodes: "  - {key: a, type: map, value: \(yaml)}\n"))
    return try #require(loaded.definition["nodes"]?[0]?["value"])
  }

  @Test(
    "Plain scalars follow the core schema of YAML 1.2",
    arguments: [
      ("yes", #""yes""#), ("no", #""no""#), ("on", #""on""#), ("off", #""off""#), ("NO", #""NO""#), ("y", #""y""#),
      ("true", "true"), ("False", "false"), ("null", "null"), ("~", "null"), ("12", "12"), ("-7", "-7"), ("+7", "7"),
      ("0o17", "15"), ("0x1F", "31"), ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
      ("0o1777777777777777777777", "18446744073709551615"), ("007", "7"),
      ("1_000", #""1_000""#), ("12:30", #""12:30""#),
      ("1.5", "1.5"),
      ("1e3", "1e3"), ("1.0", "1.0"), ("007.50", "7.50"), ("1e-400", "1e-400"), ("-0.25", "-0.25"),
      ("\"12\"", #""12""#), ("'true'", #""true""#),
      ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", "9223372036854775808"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
      ("0.1234567890123456789", "0.1234567890123456789"), ("2026-01-02", #""2026-01-02""#), ("!!str 12", #""12""#),
      ("!!int \"12\"", "12"), ("[1, two]", #"[1,"two"]"#), ("1.2.3", #""1.2.3""#), ("0x", #""0x""#), ("-", "[null]"),
    ].filter { $0.0 != "-" })
  func scalars(yaml: String, json: String) throws {
    #expect(try value(yaml).text == json || value(yaml) == JSON.parse(json))
    #expect(try value(yaml).kind == JSON.parse(json).kind)
  }

  @Test("Numbers beyond 64 bits and key order survive in the canonical definition")
  func canonical() throws {
    let text = workflow(nodes: "  - {key: a, type: map, value: {z: 9223372036854775808, a: 1, m: 9007199254740993}}\n")
    let loaded = try TestNodes.loader.load(file: "shop/order-paid.yaml", text: text)
    #expect(
      loaded.definition.text
        == #"{"key":"order-paid","trigger":{"type":"webhook"},"nodes":[{"key":"a","type":"map","value":{"z":9223372036854775808,"a":1,"m":9007199254740993}}]}"#
    )
    let again = try TestNodes.loader.load(stored: loaded.definition, key: "order-paid")
    #expect(again.key == "order-paid")
    #expect(again.nodes.map(\.key) == ["a"])
  }

  @Test(
    "Numbers with a point or exponent are stored as they are written",
    arguments: [
      "9007199254740993.0", "9007199254740992.5", "1.00000000000000000001", "1.0", "1e3", "-0.0", "1e999999999",
    ])
  func storedNumbers(number: String) throws {
    let definition: JSON = [
      "trigger": ["type": "webhook"], "nodes": [["key": "a", "type": "map", "value": ["a": .number(number)]]],
    ]
    let node = try #require(try TestNodes.loader.load(stored: definition, key: "a").nodes.first)
    let template = try #require((node.settings as? AnySettings)?.templates.first)
    #expect(try template.evaluate(TestScope()).text == #"{"a":\#(number)}"#)
  }

  @Test("Aliases and merge keys are written out, own keys win")
  func aliases() throws {
    let text = """
      trigger: {type: webhook}
      nodes:
        - {key: a, type: map, value: &shared {x: 1, y: 2}}
        - {key: b, type: map, value: {<<: *shared, y: 3}}
        - {key: c, type: map, value: *shared}
      """
    let definition = try TestNodes.loader.load(file: "a.yaml", text: text).definition
    #expect(definition["nodes"]?[1]?["value"] == ["x": 1, "y": 3])
    #expect(definition["nodes"]?[2]?["value"] == ["x": 1, "y": 2])
  }

  @Test("A bomb of aliases is refused, quickly")
  func bomb() {
    var text = "trigger: {type: webhook}\nx0: &x0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
    for level in 1...30 {
      let aliases = [String](repeating: "*x\(level - 1)", count: 9).joined(separator: ", ")
      text += "x\(level): &x\(level) [\(aliases)]\n"
    }
    let found = problems(text)
    #expect(found.count == 1)
    #expect(found.first?.contains("more than 100000 values, aliases included") == true)
  }

  @Test(
    "Each key that stands twice in a mapping is told, where it stands again",
    arguments: [
      ("a: 1\nb: 2\nb: 3\n# a: 4\n\na: {b: 1}\n", ["3:1", "6:1"]),
      ("x:\n  - b: 1\n    a: |\n      a: 5\n    a: 2\n    b: 3\n  - b: 4\n", ["5:5", "6:5"]),
      ("x: {b: {a: 1}, a: \"}, a: 1\", \"b\": 2,\n  a: 3}\n", ["1:30", "2:3"]),
    ])
  func repeatedKeys(_ text: String, _ places: [String]) {
    let found = problems(text)
    #expect(found.map { $0.split(separator: ":").dropFirst().prefix(2).joined(separator: ":") } == places)
    #expect(found.allSatisfy { $0.contains("stands twice in this mapping") }, "\(found)")
  }

  @Test(
    "What is no YAML is told with its place",
    arguments: [
      ("key: a\nkey: b\n", #"a.yaml:2:1: the key "key" stands twice in this mapping; it is first set on line 1"#),
      (
        "trigger:\n  type: webhook\n  \"type\": x\n",
        #"a.yaml:3:3: the key "type" stands twice in this mapping; it is first set on line 2"#
      ),
      ("trigger: {type: webhook, type: webhook}\n", #"a.yaml:1:26: the key "type" stands twice in this mapping"#),
      (
        "title: a: b\n",
        #"a.yaml:1:9: mapping values are not allowed in this context; a text with ": " in it must stand in quotes"#
      ),
      (
        "nodes:\n  - key: a\n   type: map\n",
        "a.yaml:3:4: YAML did not find expected '-' indicator while parsing a block collection that begins on line 2; "
          + "what belongs to one mapping or list is indented alike"
      ),
      (
        "a: b\n  c: 1\n",
        "a.yaml:2:4: mapping values are not allowed in this context; this key is indented deeper than the one before it"
      ),
      (
        "title: 'it's'\n",
        "a.yaml:1:12: YAML did not find expected key while parsing a block mapping; "
          + "nothing may follow a text in quotes; a quote in it is written twice"
      ),
      ("trigger:\n\ttype: webhook\n", "a.yaml:2:1: a tab cannot indent YAML; use spaces"),
      ("a: 1\n---\nb: 2\n", "a.yaml:2:1: a file holds one workflow; remove the second document"),
      (
        "title: *nobody\n", #"a.yaml:1:8: this alias names no anchor; a word that begins with "*" must stand in quotes"#
      ),
      ("title: @home\n", #"a.yaml:1:8: a word cannot begin with "@" in YAML; put it in quotes"#),
      ("", "a.yaml:1:1: the file is empty"),
      ("- a\n", "a.yaml:1:1: a workflow must be a mapping of settings, not a list"),
      (
        "trigger: {type: webhook}\ntitle: .inf\n",
        "a.yaml:2:8: .inf is a number that JSON cannot say; put it in quotes if it is meant as text"
      ),
      (
        "trigger: {type: webhook}\ntitle: 0x10000000000000000\n",
        "a.yaml:2:8: 0x10000000000000000 has more than 64 bits; write it in decimal, or in quotes if it is meant as text"
      ),
      (
        "trigger: {type: webhook}\ntitle: {{$context.data}}\n",
        "a.yaml:2:9: a placeholder must stand in quotes: \"{{$context.data.id}}\""
      ),
      (
        "title: \"a\u{1}b\"\n",
        "a.yaml:1:10: the character U+0001 is not allowed in YAML; write it as an escape in double quotes"
      ),
    ])
  func syntax(yaml: String, message: String) {
    #expect(problems(yaml) == [message])
  }

  @Test("An unquoted placeholder with text after it gets a hint")
  func unquoted() {
    let found = problems("trigger: {type: webhook}\ntitle: {{$context.data}} x\n")
    #expect(found.count == 1)
    #expect(found.first?.contains("a placeholder must stand in quotes") == true)
  }

  @Test("An operator that YAML takes for a tag gets a hint")
  func tag() {
    #expect(
      problems(workflow(trigger: "when: [a, !=, b]"))
        == [#"a.yaml:1:36: a word that begins with "!" must stand in quotes: "!=""#])
  }

  @Test("Depth and size are bounded")
  func bounds() {
    let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
    #expect(problems("title: \(deep)\n").first?.contains("nested deeper than 64 levels") == true)
    let veryDeep = String(repeating: "[", count: 100_000)
    #expect(problems("title: \(veryDeep)\n").map { $0.hasSuffix(": nested deeper than 64 levels") } == [true])
    let large = "title: " + String(repeating: "x", count: 1 << 20)
    #expect(problems(large).first?.contains("a workflow file may have 1 MB at most") == true)
  }

  @Test("A JSON file is read the same way, surrogate pairs and tabs included")
  func json() throws {
    let text =
      "{\n\t\"trigger\": {\"type\": \"webhook\"},\n\t\"title\": \"smile \\ud83d\\ude00 \\/ \\\\ud83d\\u00e9\"\n}"
    let loaded = try TestNodes.loader.load(file: "a.json", text: text)
    #expect(loaded.workflow.title == "smile 😀 / \\ud83dé")
    #expect(loaded.workflow.key == "a")
  }

  @Test("Problems of JSON files have places too")
  func jsonProblems() {
    #expect(
      problems("{\"trigger\": {\"type\": \"webhook\"},\n \"titel\": 1}", file: "a.json").first?.hasPrefix(
        "a.json:2:2: ") == true)
    #expect(problems("{\"trigger\": {\n 'a': 1}}", file: "a.json").first?.hasPrefix("a.json:2:2: ") == true)
  }

  @Test("A byte order mark is no part of the text")
  func byteOrderMark() {
    #expect(problems("\u{FEFF}trigger: {type: webhook}\n") == [])
    #expect(problems("\u{FEFF}{\"trigger\": {\"type\": \"webhook\"}}", file: "a.json") == [])
  }

  @Test("Windows line ends count as one line")
  func windows() {
    #expect(problems("trigger: {type: webhook}\r\ntitle: a\r\nkeep: 3\r\n").first?.hasPrefix("a.yaml:3:7: ") == true)
  }
}
