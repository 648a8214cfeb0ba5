// `end`: leaving from wherever the execution stands.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("The end node")
struct EndNodeTests {
  @Test(
    "ends the execution as it says",
    arguments: [
      ("", "succeeded"), (", status: succeeded, message: fine", "succeeded"),
      (", status: failed", "failed: node stop ended the execution as failed"),
      (#", status: failed, message: "shop {{$context.params.shop}} is closed""#, "failed: node stop: shop 7 is closed"),
    ])
  func ends(settings: String, summary: String) async throws {
    let report = try await Trial(
      """
      - key: c
        type: condition
        if: {all: [[1, equal, 1]]}
        then: [{key: stop, type: end\(settings)}]
      - {key: after, type: output, value: reached}
      """
    ).run()
    #expect(report.summary == summary)
    #expect(report.output == nil)
    #expect(report.records.map(\.path) == ["c", "stop"])
    #expect(report.record("stop")?.result == .null)
  }

  @Test("knows two ways to end")
  func unknownStatus() {
    #expect(Trial.problems("- {key: e, type: end, status: faild}").contains(#"did you mean "failed""#))
  }
}
