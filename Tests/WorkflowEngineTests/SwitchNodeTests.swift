// `switch`: the first case that holds, and what follows when none does.

import JSONCodec
import OutboundHTTP
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

  @Test("with continueOnError the workflow goes on, whatever stopped or failed inside it")
  func passedOver() async throws {
    for nodes in [
      "- {key: s, type: switch, cases: [{if: {all: [[1, equal, 2]]}, do: []}], onNoMatch: fail, continueOnError: true}",
      "- {key: s, type: condition, if: {all: [[1, equal, 2]]}, stopIf: false, continueOnError: true}",
      """
      - key: s
        type: condition
        if: {all: [[1, equal, 1]]}
        continueOnError: true
        then: [{key: r, type: request, url: "https://a.example/"}]
      """,
      """
      - key: s
        type: switch
        cases: [{if: {all: [[1, equal, 1]]}, do: [{key: r, type: request, url: "https://a.example/"}]}]
        continueOnError: true
      """,
      """
      - key: s
        type: wait
        continueOnError: true
        do: [{key: r, type: request, url: "https://a.example/"}]
      """,
    ] {
      var trial = Trial(nodes + "\n- {key: out, type: output, value: \"{{$nodes.s.error.message}}\"}\n")
      trial.services = RecordingServices { _ in OutboundResponse(status: 404, body: []) }
      let report = try await trial.run()
      #expect(report.summary == "succeeded", "\(nodes)")
      #expect(report.output?.stringValue?.contains("node ") == true, "\(nodes): \(String(describing: report.output))")
      #expect(trial.journal.closed.count == (nodes.contains("wait") ? 1 : 0))
      // A later run of the same execution passes over it too, and sends nothing again.
      let services = RecordingServices()
      trial.services = services
      trial.records =
        try trial.journal.stored() + report.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
      #expect(trial.records.last { $0.path == "s" }?.status == .failed, "\(nodes)")
      #expect(try await trial.run().output == report.output)
      #expect(services.requests.isEmpty)
    }
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
