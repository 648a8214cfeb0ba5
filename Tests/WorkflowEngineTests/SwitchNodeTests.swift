// `switch`: the first case that holds, and what follows when none does.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("The switch node")
struct SwitchNodeTests {
  private static func nodes(_ extra: String = "") -> String {
    """
    - key: size
      type: switch
      cases:
        - if: {all: [["{{$context.data.n}}", lt, 10]]}
          do: [{key: small, type: variable, set: {size: small}}]
        - if: {all: [["{{$context.data.n}}", lt, 100]]}
          do: [{key: middle, type: variable, set: {size: middle}}]
      otherwise: [{key: large, type: variable, set: {size: large}}]
    \(extra)
    - {key: out, type: output, value: ["{{$nodes.size}}", "{{$vars.size}}"]}
    """
  }

  @Test(
    "does the first case that holds, and otherwise what is left",
    arguments: [(5, 0, "small"), (50, 1, "middle"), (500, -1, "large")])
  func cases(n: Int, index: Int, size: String) async throws {
    var trial = Trial(Self.nodes())
    trial.body = "{\"n\":\(n)}"
    let report = try await trial.run()
    #expect(report.output == .array([.int(Int64(index)), .string(size)]))
    #expect(report.records.map(\.path) == ["size", size, "out"])
  }

  @Test("fails after otherwise when no case holds and onNoMatch says so")
  func noMatch() async throws {
    var trial = Trial(Self.nodes("  onNoMatch: fail"))
    trial.body = #"{"n":500}"#
    let report = try await trial.run()
    #expect(report.summary == "failed: node size: none of its 2 cases holds")
    #expect(report.records.map(\.path) == ["size", "large"])
    #expect(report.output == nil)
  }

  @Test("goes on when a case holds although onNoMatch is fail")
  func match() async throws {
    var trial = Trial(Self.nodes("  onNoMatch: fail"))
    trial.body = #"{"n":5}"#
    #expect(try await trial.run().summary == "succeeded")
  }

  @Test("needs cases")
  func missingCases() {
    #expect(Trial.problems("- {key: s, type: switch}").contains(#""cases" is missing in the switch node"#))
    let problems = Trial.problems("- {key: s, type: switch, cases: [{do: []}], onNoMatch: stop}")
    #expect(problems.contains(#""if" is missing in an entry of "cases""#))
    #expect(problems.contains("continue or fail"))
  }
}
