// `variable`: names that later nodes read.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("The variable node")
struct VariableNodeTests {
  @Test("sets names that the nodes after it read, and later ones overwrite")
  func set() async throws {
    let report = try await Trial(
      """
      - {key: first, type: variable, set: {total: 1, name: "{{$context.params.shop}}"}}
      - {key: second, type: variable, set: {total: ["{{$vars.total}}", 2]}}
      - {key: out, type: output, value: {total: "{{$vars.total}}", name: "{{$vars.name}}", node: "{{$nodes.first.total}}"}}
      """
    ).run()
    #expect(report.output == ["total": [1, 2], "name": "7", "node": 1])
    #expect(report.record("first")?.result == ["total": 1, "name": "7"])
  }

  @Test("a name that nothing sets is found before anything runs")
  func unknown() {
    let problems = Trial.problems(
      """
      - {key: v, type: variable, set: {total: 1}}
      - {key: m, type: map, value: "{{$vars.totl}}"}
      """)
    #expect(problems.contains("totl"))
  }

  @Test("keeps its values over a restart")
  func replay() async throws {
    var trial = Trial(
      """
      - {key: v, type: variable, set: {n: "{{$system.attempt}}"}}
      - {key: call, type: request, url: "https://a.example/"}
      - {key: out, type: output, value: "{{$vars.n}}"}
      """)
    trial.journal = MemoryJournal(.after(1))
    _ = try await trial.run()
    trial.records = try trial.journal.stored()
    trial.attempt = 2
    #expect(try await trial.run().output == 1)
  }

  @Test("needs something to set")
  func missing() {
    #expect(Trial.problems("- {key: v, type: variable}").contains("set is missing"))
  }
}
