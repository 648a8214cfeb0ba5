// `query-json`: the two languages, what they find and how they fail.

import JSONCodec
import Testing
import WorkflowEngine

@Suite("JSON queries")
struct QueryJSONNodeTests {
  private static let body = #"{"items":[{"sku":"a","n":1},{"sku":"b","n":2}],"id":12345678901234567890}"#

  private func run(_ settings: String) async throws -> RunReport {
    var trial = Trial("  - {key: found, type: query-json, \(settings)}")
    trial.body = Self.body
    return try await trial.run()
  }

  @Test(
    "finds what the query asks for",
    arguments: [
      ("jsonpath: \"$.items[*].sku\"", JSON.array(["a", "b"])),
      ("jsonpath: \"$.items[?@.n > 1].sku\", first: true", JSON.string("b")), ("jsonpath: \"$.none\"", JSON.array([])),
      ("jsonpath: \"$.none\", first: true", JSON.null), ("jmespath: \"items[].n\"", JSON.array([1, 2])),
      ("jmespath: \"sum(items[].n)\"", .int(3)), ("jmespath: \"length(items)\", first: true", .int(2)),
      ("source: \"{{$context.data.items}}\", jmespath: \"[0].sku\"", JSON.string("a")),
    ])
  func finds(settings: String, expected: JSON) async throws {
    let report = try await run(settings)
    #expect(report.summary == "succeeded")
    #expect(report.record("found")?.result == expected)
  }

  @Test("a number beyond 64 bits stays what it is")
  func largeNumber() async throws {
    let found = try #require(try await run("jsonpath: \"$.id\", first: true").record("found"))
    #expect(found.result.text == "12345678901234567890")
  }

  @Test("a wrong query is told when the file is read, a wrong value when it runs")
  func failures() async throws {
    #expect(Trial.problems("  - {key: a, type: query-json, jsonpath: \"$.a[\"}").contains("column 5"))
    #expect(Trial.problems("  - {key: a, type: query-json}").contains("needs \"jsonpath\" or \"jmespath\""))
    #expect(Trial.problems("  - {key: a, type: query-json, jsonpath: $, jmespath: a}").contains("not both"))
    #expect(try await run("jmespath: \"sum(items)\"").summary.hasPrefix("failed: node found: "))
  }
}
