// `condition`: both branches, stopping, and a decision that outlives its worker.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("The condition node")
struct ConditionNodeTests {
  private static let branches = """
    - key: paid
      type: condition
      if: {all: [["{{$context.data.state}}", equal, paid]]}
      then:
        - {key: way, type: variable, set: {way: then}}
      else:
        - {key: other, type: variable, set: {way: else}}
    - {key: out, type: output, value: "{{$vars.way}}"}
    """

  @Test("takes one of its branches and goes on behind them", arguments: [("paid", true), ("open", false)])
  func branch(state: String, holds: Bool) async throws {
    var trial = Trial(Self.branches)
    trial.body = #"{"state":"\#(state)"}"#
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.output == .string(holds ? "then" : "else"))
    #expect(report.record("paid")?.result == .bool(holds))
    #expect(report.records.map(\.path) == ["paid", holds ? "way" : "other", "out"])
  }

  @Test("goes on when the branch that it takes is missing")
  func missingBranch() async throws {
    let report = try await Trial(
      """
      - {key: c, type: condition, if: {all: [[1, equal, 2]]}, then: [{key: never, type: map, value: 1}]}
      - {key: out, type: output, value: "{{$nodes.c}}"}
      """
    ).run()
    #expect(report.output == false)
    #expect(report.record("never") == nil)
  }

  @Test(
    "with stopIf ends the execution as failed when the condition comes out so",
    arguments: [
      (false, 1, "succeeded"), (false, 2, "failed: node only: stopped, because its condition does not hold"),
      (true, 2, "succeeded"), (true, 1, "failed: node only: stopped, because its condition holds"),
    ])
  func stop(stopIf: Bool, number: Int, summary: String) async throws {
    let report = try await Trial(
      """
      - {key: only, type: condition, if: {all: [[\(number), equal, 1]]}, stopIf: \(stopIf)}
      - {key: after, type: output, value: reached}
      """
    ).run()
    #expect(report.summary == summary)
    #expect((report.output == "reached") == (summary == "succeeded"))
    #expect(report.record("only")?.result == .bool(number == 1))
  }

  @Test("stopIf and branches exclude each other")
  func exclusive() {
    let problems = Trial.problems(
      "- {key: c, type: condition, if: {all: [[1, equal, 1]]}, stopIf: false, then: [{key: m, type: map, value: 1}]}")
    #expect(problems.contains("stopIf does not go with then and else"))
  }

  @Test("needs an if")
  func missingCondition() {
    #expect(Trial.problems("- {key: c, type: condition}").contains(#""if" is missing in the condition node"#))
  }

  @Test("keeps its decision over a restart, whatever has changed since")
  func replay() async throws {
    var trial = Trial(
      """
      - key: first
        type: condition
        if: {all: [["{{$system.attempt}}", equal, 1]]}
        then:
          - {key: call, type: request, url: "https://a.example/"}
          - {key: then, type: output, value: then}
        else:
          - {key: else, type: output, value: else}
      """)
    let services = RecordingServices()
    trial.services = services
    trial.journal = MemoryJournal(.after(1))
    #expect(try await trial.run().summary == "abandoned")
    trial.records = try trial.journal.stored()
    trial.journal = MemoryJournal()
    trial.attempt = 2
    let report = try await trial.run()
    #expect(report.output == "then")
    #expect(services.requests.count == 1)
  }
}
