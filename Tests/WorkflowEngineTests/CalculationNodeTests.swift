// `calculation`, and JavaScript as a condition.

import JSONCodec
import Testing
import WorkflowEngine

@Suite("Calculations and expressions")
struct CalculationNodeTests {
  @Test(
    "an expression gives its value",
    arguments: [
      ("$context.data.items.reduce((sum, item) => sum + item.price, 0)", JSON.int(30)),
      ("$context.data.items.map(i => i.price > 15)", [false, true] as JSON), ("1 / 3", JSON.double(1.0 / 3)),
      ("$context.data.none?.deeper ?? 'default'", "default" as JSON), ("({a: 1, b: [2]})", ["a": 1, "b": [2]] as JSON),
      ("undefined", JSON.null),
    ])
  func expression(text: String, expected: JSON) async throws {
    let trial = ScriptTrial.trial(
      "  - key: sum\n    type: calculation\n    expression: |-\n      \(text)\n",
      body: #"{"items":[{"price":10},{"price":20}]}"#)
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.record("sum")?.result == expected)
  }

  @Test("a template needs no script")
  func template() async throws {
    var trial = Trial("  - {key: sum, type: calculation, template: \"{{$context.data.a}}-{{$context.data.b}}\"}")
    trial.body = #"{"a":1,"b":2}"#
    #expect(try await trial.run().record("sum")?.result == "1-2")
  }

  @Test("wrong settings are told")
  func settings() {
    #expect(Trial.problems("  - {key: a, type: calculation}").contains("needs \"expression\" or \"template\""))
    #expect(Trial.problems("  - {key: a, type: calculation, expression: 1, template: 2}").contains("must be text"))
    #expect(Trial.problems("  - {key: a, type: calculation, expression: \"1\", template: 2}").contains("not both"))
  }

  @Test("a failing expression tells its place")
  func failure() async throws {
    let report = try await ScriptTrial.trial("  - {key: sum, type: calculation, expression: \"$context.data.a.b\"}")
      .run()
    #expect(report.summary.hasPrefix("failed: node sum: TypeError: "))
    #expect(report.summary.contains("line 1, column "))
  }

  @Test(
    "a condition in JavaScript holds as JavaScript has it",
    arguments: [
      ("$context.data.n > 5", true), ("$context.data.n > 50", false), ("$context.data.name", true), ("''", false),
      ("0", false), ("NaN", false), ("[]", true), ("null", false), ("undefined", false), ("'0'", true),
    ])
  func condition(text: String, holds: Bool) async throws {
    let trial = ScriptTrial.trial(
      "  - key: check\n    type: condition\n    if: \"\(text)\"\n    then: [{key: yes, type: map, value: 1}]\n",
      body: #"{"n":7,"name":"x"}"#)
    let report = try await trial.run()
    #expect(report.record("check")?.result == .bool(holds))
    #expect((report.record("yes") != nil) == holds)
  }

  @Test("a switch takes the first case that holds, whatever it is written in")
  func mixedSwitch() async throws {
    let nodes = """
        - key: kind
          type: switch
          cases:
            - {if: "$context.data.n > 100", do: [{key: large, type: map, value: 1}]}
            - {if: ["{{$context.data.n}}", ">", 10], do: [{key: medium, type: map, value: 1}]}
            - {if: "true", do: [{key: small, type: map, value: 1}]}
      """
    for (n, expected) in [(500, 0), (50, 1), (5, 2)] {
      let report = try await ScriptTrial.trial(nodes, body: "{\"n\":\(n)}").run()
      #expect(report.record("kind")?.result == .int(Int64(expected)))
    }
  }

  @Test("an error behind the case that holds does no harm")
  func laziness() async throws {
    let nodes = """
        - key: kind
          type: switch
          cases:
            - {if: "$context.data.n === 1", do: []}
            - {if: "$context.data.none.deeper", do: []}
      """
    #expect(try await ScriptTrial.trial(nodes, body: #"{"n":1}"#).run().record("kind")?.result == 0)
    let report = try await ScriptTrial.trial(nodes, body: #"{"n":2}"#).run()
    #expect(report.summary.hasPrefix("failed: node kind: TypeError: "))
  }

  @Test("placeholders and nested JavaScript in conditions are refused")
  func refused() {
    let templated = Trial.problems("  - {key: a, type: condition, if: \"{{$context.data.n}} > 5\"}")
    #expect(templated.contains("JavaScript has no placeholders"))
    let nested = Trial.problems("  - {key: a, type: condition, if: {all: [\"1\"]}}")
    #expect(nested.contains("JavaScript can be the whole condition"))
  }
}
