// Templates: what a placeholder gives, and what is wrong with one.
import JSONCodec
import Testing
import Workflows

@Suite("Templates")
struct TemplateTests {
  private static let data: JSON = [
    "id": 42, "big": .int(9_007_199_254_740_993), "name": "Ann", "none": nil, "flag": true, "ratio": 1.5,
    "odd key": "odd", "a.b": "dotted", "x-y": "dashed", "0": "zero",
    "items": [
      ["id": 1, "tags": [["name": "a"], ["name": "b"]]], ["id": 2, "tags": [["name": "c"]]], ["tags": []],
    ],
    "matrix": [[1, 2], [3, 4]],
  ]
  private static let scope = TestScope(
    data: data,
    [
      .context("headers"): ["x-github-event": "push"], .node("a-b"): ["ok": true], .environment("TOKEN"): "secret",
      .system("now"): "2026-01-02T03:04:05Z", .variable("total"): 7, .scope("loop"): ["index": 3],
    ])

  private func evaluate(_ value: JSON) throws -> JSON {
    try Template(parsing: value).evaluate(Self.scope)
  }

  @Test(
    "A string that is exactly one placeholder keeps the value's type",
    arguments: [
      ("{{$context.data.id}}", 42), ("{{ $context.data.id }}", 42), ("{{$context.body.id}}", 42),
      ("{{$context.data.flag}}", true), ("{{$context.data.none}}", nil), ("{{$context.data.missing}}", nil),
      ("{{$context.data.name.x}}", nil), ("{{$context.data[\"odd key\"]}}", "odd"),
      ("{{$context.data['odd key']}}", "odd"), ("{{$context.data[\"a.b\"]}}", "dotted"),
      ("{{$context.data.x-y}}", "dashed"), ("{{$context.data.0}}", "zero"), ("{{$context.data[0]}}", "zero"),
      ("{{$context.headers.x-github-event}}", "push"),
      ("{{$context.headers.X-GitHub-Event}}", "push"), ("{{$context.headers[\"X-GitHub-Event\"]}}", "push"),
      ("{{$nodes.a-b.ok}}", true),
      ("{{$jobsMapByNodeKey.a-b.ok}}", true), ("{{$nodes[\"a-b\"].ok}}", true), ("{{$env.TOKEN}}", "secret"),
      ("{{$vars.total}}", 7), ("{{$scopes.loop.index}}", 3), ("{{$system.now}}", "2026-01-02T03:04:05Z"),
      ("{{$context.data.items[1].id}}", 2), ("{{$context.data.items.1.id}}", 2), ("{{$context.data.items[9].id}}", nil),
      ("{{$context.data.items.id}}", [1, 2, nil]), ("{{$context.data.items.tags.name}}", ["a", "b", "c"]),
      ("{{$context.data.items[0].tags.name}}", ["a", "b"]), ("{{$context.data.matrix[1][0]}}", 3),
      ("{{$context.data.matrix}}", [[1, 2], [3, 4]]), ("{{$context.data.big}}", 9_007_199_254_740_993),
    ] as [(String, JSON)])
  func sole(text: String, value: JSON) throws {
    #expect(try evaluate(.string(text)) == value)
  }

  @Test(
    "Inside other text values are written as text",
    arguments: [
      ("id {{$context.data.id}}!", "id 42!"), ("{{$context.data.none}}|{{$context.data.missing}}|", "||"),
      ("{{$context.data.flag}}{{$context.data.ratio}}", "true1.5"), ("{{$context.data.big}} ", "9007199254740993 "),
      ("m={{$context.data.matrix}}", "m=[[1,2],[3,4]]"), ("{{$context.data.name}} {{$context.data.name}}", "Ann Ann"),
      (#"\{{ not }} {{$context.data.id}}"#, "{{ not }} 42"), ("{\"a\":{{$context.data.id}}}", "{\"a\":42}"),
      ("{{{$context.data.id}}}", "{42}"), ("a { b } } {", "a { b } } {"), ("é😀{{$context.data.id}}😀", "é😀42😀"),
      ("", ""), ("}}", "}}"),
    ])
  func text(text: String, value: String) throws {
    #expect(try evaluate(.string(text)).stringValue == value)
    #expect(try Template(parsing: .string(text)).text(Self.scope) == value)
  }

  @Test(
    "A default stands in for what is missing or null",
    arguments: [
      ("{{$context.data.missing:7}}", 7), ("{{$context.data.none:true}}", true), ("{{$context.data.id:7}}", 42),
      ("{{$context.data.missing: some text }}", "some text"), ("{{$context.data.missing:\"7\"}}", "7"),
      ("{{$context.data.missing:'7'}}", "7"), ("{{$context.data.missing:\"a}}b\"}}", "a}}b"),
      ("{{$context.data.missing:}}", ""), ("{{$context.data.missing:null}}", nil),
      ("{{$context.data.missing:a:b}}", "a:b"), ("{{$context.data.missing:-1.5}}", -1.5),
      ("{{$context.data.missing:'it\\'s'}}", "it's"), ("{{$context.data.missing:\"a\" b}}", "\"a\" b"),
      ("{{$context.data.missing:http://x.example/?a=1}}", "http://x.example/?a=1"),
      ("{{$context.data.missing:[1]}}", "[1]"),
    ] as [(String, JSON)])
  func defaults(text: String, value: JSON) throws {
    let result = try evaluate(.string(text))
    #expect(result == value)
    #expect(result.kind == value.kind)
  }

  @Test(
    "A number as default stays as it is written",
    arguments: ["1.0", "1e3", "0.10", "9007199254740993.0", "12345678901234567890", "1e999999999"])
  func numberDefaults(number: String) throws {
    #expect(try evaluate(.string("{{$context.data.missing:\(number)}}")).text == number)
    #expect(try evaluate(.string("is {{$context.data.missing:\(number)}}")) == .string("is \(number)"))
  }

  @Test("Objects and lists are filled in, keys too, and keep their order")
  func structures() throws {
    let result = try evaluate([
      "z": "{{$context.data.id}}", "{{$context.data.name}}-key": ["{{$context.data.flag}}", "x"],
      "gone": "{{$context.data.missing}}", "n": 1,
    ])
    #expect(result.text == #"{"z":42,"Ann-key":[true,"x"],"gone":null,"n":1}"#)
  }

  @Test("A body that is forwarded whole stays the bytes it is")
  func untouched() throws {
    let bytes = Array(#"{ "b" : 1.50,  "a":1e2, "é":"é" }"#.utf8)
    let scope = TestScope(data: try JSON.parse(bytes))
    let result = try Template(parsing: "{{$context.data}}").evaluate(scope)
    #expect(result.bytes == bytes)
    let wrapped = try Template(parsing: ["w": "{{$context.data.b}}"]).evaluate(scope)
    #expect(wrapped.text == #"{"w":1.50}"#)
  }

  @Test("A template without placeholders is a literal, one with $env says so")
  func properties() throws {
    #expect(try Template(parsing: ["a": [1, "x"]]).isLiteral)
    #expect(try Template(parsing: #"\{{x}}"#).literalValue == "{{x}}")
    let template = try Template(parsing: ["a": "{{$env.TOKEN}}", "b": "{{$context.data.id}}"])
    #expect(!template.isLiteral)
    #expect(template.references.map(\.text) == ["$env.TOKEN", "$context.data.id"])
  }

  @Test("What is missing can be told from null")
  func missing() throws {
    #expect(try Template(parsing: "{{$context.data.missing}}").evaluateIfPresent(Self.scope) == nil)
    #expect(try Template(parsing: "{{$context.data.none}}").evaluateIfPresent(Self.scope)?.isNull == true)
  }

  @Test("A scope's failure comes through")
  func failure() throws {
    struct Failing: VariableScope {
      func value(of root: VariableRoot) throws(TemplateError) -> JSON? { throw TemplateError("no data") }
    }
    let template = try Template(parsing: ["a": ["x {{$context.data}}"]])
    #expect(throws: TemplateError("no data")) { try template.evaluate(Failing()) }
  }

  @Test(
    "A wrong placeholder is told where and why",
    arguments: [
      ("a {{$context.data", 2, "\"{{\" is not closed with \"}}\""), ("{{", 0, "is not closed"),
      ("x{{}}", 1, "this placeholder is empty"), ("{{  }}", 0, "this placeholder is empty"),
      ("{{name}}", 0, "\"{{name}}\" is no variable; write {{$context.data.…}}"), ("{{#each}}", 0, "is no variable"),
      ("{{$contxt.data}}", 2, "there is no variable \"$contxt\" (did you mean \"$context\"?)"),
      ("{{$foo}}", 2, "there are $context, $nodes"), ("{{$context}}", 2, "\"$context\" needs a name after it"),
      ("{{$context.date}}", 11, "$context has no \"date\" (did you mean \"data\"?)"),
      ("{{$context.cookies}}", 11, "it has data, headers"), ("{{$system.nwo}}", 10, "(did you mean \"now\"?)"),
      ("{{$context.data..x}}", 15, "a name is missing after the dot"), ("{{$context.data.}}", 15, "a name is missing"),
      ("{{$context.data[x]}}", 15, "brackets hold a number or a quoted key"),
      (
        "{{$context.data[99999999999999999999]}}", 15,
        "no list has so many elements; a key in brackets stands in quotes: [\"99999999999999999999\"]"
      ),
      ("{{$context.data[0}}", 15, "not closed with \"]\""),
      ("{{$context.data[\"x]}}", 16, "this quoted key is not closed"),
      ("{{$context.data x}}", 16, "\"x\" cannot stand in a path"),
      ("{{$context.data|upper}}", 15, "\"|\" cannot stand"),
      ("{{$env.A-B}}", 7, "cannot be the name of an environment variable"),
      ("{{$env.A.b}}", 9, "$env.A is text; it has no parts"), ("{{$env}}", 2, "$env.NAME"),
      ("{{$context.data:\"x}}", 0, ""),
    ].filter { !$0.2.isEmpty })
  func problems(text: String, offset: Int, message: String) {
    #expect {
      try Template(parsing: .string(text))
    } throws: { error in
      guard let error = error as? TemplateSyntaxError else { return false }
      #expect(error.offset == offset)
      return error.message.contains(message)
    }
  }

  @Test("Problems inside plain, quoted and block strings and keys are found at their own column")
  func places() {
    let text = """
      trigger: {type: webhook}
      nodes:
        - key: a
          type: map
          value:
            plain: ab {{$context.dat}}
            quoted: "ab {{$context.dat}}"
            'single {{$context.dat}}': 'ab {{$context.dat}}'
            block: |
              first line
              second {{$context.dat}}
            escaped: "\\t{{$context.dat}}"
      """
    let message = #"$context has no "dat" (did you mean "data"?)"#
    #expect(
      WorkflowsTests.problems(text) == [
        "a.yaml:6:28: \(message)", "a.yaml:7:30: \(message)", "a.yaml:8:26: \(message)", "a.yaml:8:49: \(message)",
        "a.yaml:11:27: \(message)", "a.yaml:12:16: \(message)",
      ])
  }

  @Test("Every wrong placeholder of a string is told, and what is wrong beside them")
  func severalMistakes() {
    let text = workflow(
      nodes: "  - {key: a, type: map, value: '{{$context.bad2}} / {{$nodes.gone}} {{name}} {{$context.bad3}} {{'}\n")
    let found = WorkflowsTests.problems(text)
    #expect(
      found.map { String($0.prefix { $0 != "\"" }) } == [
        "a.yaml:3:44: $context has no ", "a.yaml:3:55: there is no node ", "a.yaml:3:69: ",
        "a.yaml:3:89: $context has no ", "a.yaml:3:96: ",
      ], "\(found)")
  }
}
