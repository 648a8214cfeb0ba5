// JavaScript as a condition: what counts, in which order, and for how long.

import JSONCodec
import Testing
import WorkflowEngine

@Suite("Conditions in JavaScript")
struct ScriptConditionTests {
  private static func cases(_ conditions: String..., settings: String = "") -> Trial {
    let cases = conditions.map { "      - {if: \($0), do: []}\n" }.joined()
    return ScriptTrial.trial("  - key: s\n    type: switch\n\(settings)    cases:\n\(cases)", body: #"{"n":7}"#)
  }

  private static let endless = #""(() => { for (;;); })()""#
  private static let large = #"{all: [["{{$context.data.n}}", gt, 5]]}"#
  private static let small = #"{all: [["{{$context.data.n}}", lt, 5]]}"#

  @Test(
    "the first case that holds is done, whatever stands behind it",
    arguments: [
      (cases(#""1 / 0""#, endless), 0), (cases("\"0\"", "\"new Date(NaN)\"", endless), 1),
      (cases(small, "\"$context.data.n === 7\"", endless), 1), (cases(small, "\"0\"", large, endless), 2),
      (cases(large, endless), 0), (cases("\"0\"", small, "\"null\""), -1),
      (cases(#""() => 1""#, #""null.x""#), 0),
    ])
  func order(_ trial: Trial, _ index: Int) async throws {
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.record("s")?.result == .int(Int64(index)))
  }

  @Test(
    "an error counts when the node gets to it",
    arguments: [cases("\"0\"", "\"null.x\"", "\"1\""), cases("\"null.x\"", large)])
  func error(_ trial: Trial) async throws {
    #expect(try await trial.run().summary.hasPrefix("failed: node s: TypeError: "))
  }

  @Test("a long timeout is no danger", arguments: ["80000h", "3650d"])
  func timeout(_ timeout: String) async throws {
    let report = try await Self.cases("\"0\"", "\"1\"", settings: "    timeout: \(timeout)\n").run()
    #expect(report.record("s")?.result == 1)
  }
}
