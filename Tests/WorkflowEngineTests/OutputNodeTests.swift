// `output`: what an execution has come to.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("The output node")
struct OutputNodeTests {
  @Test("gives the execution its output; the last one wins")
  func lastWins() async throws {
    let report = try await Trial(
      """
      - {key: one, type: output, value: 1}
      - {key: two, type: output, value: {n: "{{$nodes.one}}"}}
      """
    ).run()
    #expect(report.output == ["n": 1])
  }

  @Test("a workflow without one has no output")
  func none() async throws {
    #expect(try await Trial("- {key: m, type: map, value: 1}").run().output == nil)
  }

  @Test("is there again after a restart")
  func replay() async throws {
    var trial = Trial(
      """
      - {key: out, type: output, value: "{{$system.attempt}}"}
      - {key: call, type: request, url: "https://a.example/"}
      """)
    trial.journal = MemoryJournal(.after(1))
    _ = try await trial.run()
    trial.records = try trial.journal.stored()
    trial.attempt = 2
    #expect(try await trial.run().output == 1)
  }

  @Test("needs a value")
  func missing() {
    #expect(Trial.problems("- {key: o, type: output}").contains(#""value" is missing in the output node"#))
  }
}
