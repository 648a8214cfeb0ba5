import JSONCodec
import ProcessSupport
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("delay")
struct DelayNodeTests {
  @Test("waits as long as it says, without a worker, and goes on with the moment")
  func waits() async throws {
    var trial = Trial(
      """
      - {key: pause, type: delay, for: 90s}
      - {key: out, type: output, value: "{{$nodes.pause}}"}
      """)
    let start = trial.time
    let first = try await trial.run()
    let due = try #require(first.suspension?.until)
    #expect((start + 90_000..<start + 91_000).contains(due))
    #expect(first.suspension?.callbacks == [])
    trial.records = try first.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    // Looked at too early, it waits for the same moment.
    trial.time = due - 50
    #expect(try await trial.run().suspension?.until == due)
    trial.time = due
    let last = try await trial.run()
    #expect(last.summary == "succeeded")
    #expect(last.output == .string(Timestamp(milliseconds: due).description))
  }

  @Test(
    "takes a time as text or as milliseconds, from a template too",
    arguments: [("\"2s\"", 2000), ("100", 100), ("\"100\"", 100)] as [(String, Int64)])
  func times(wait: String, length: Int64) async throws {
    var trial = Trial("- {key: pause, type: delay, for: \"{{$context.data.wait}}\"}")
    trial.body = "{\"wait\":\(wait)}"
    let start = trial.time
    let report = try await trial.run()
    #expect(try #require(report.suspension).until >= start + length)
  }

  @Test(
    "takes a moment as RFC 3339 or as milliseconds, from a template too",
    arguments: [
      ("until: \"2030-01-31T08:00:00Z\"", 1_896_076_800_000),
      ("until: \"2026-01-31T08:00:00.250+02:00\"", 1_769_839_200_250), ("until: 1763926499000", 1_763_926_499_000),
      ("until: \"{{$context.data.at}}\"", 1_763_926_500_000),
    ] as [(String, Int64)])
  func moments(setting: String, due: Int64) async throws {
    var trial = Trial("- {key: pause, type: delay, \(setting)}")
    trial.body = #"{"at":"2025-11-23T19:35:00Z"}"#
    let report = try await trial.run()
    if due > trial.time + DelayNode.longest.milliseconds {
      #expect(report.summary.contains("within a year"))
    } else {
      #expect(report.suspension?.until == due)
    }
  }

  @Test(
    "a moment that no calendar has is an error",
    arguments: [
      "-9223372036854775808", "9223372036854775807", "-62135596800001", "253402300800000",
      "\"-9223372036854775808\"", "\"0000-12-31T00:00:00Z\"", "\"2025-11-31T08:00:00Z\"", "\"2026-02-29T08:00:00Z\"",
    ])
  func impossibleMoments(at: String) async throws {
    var trial = Trial("- {key: pause, type: delay, until: \"{{$context.data.at}}\"}")
    trial.body = "{\"at\":\(at)}"
    #expect(try await trial.run().summary.contains("no moment within a year"))
  }

  @Test("does not wait for what is over")
  func over() async throws {
    let report = try await Trial("- {key: pause, type: delay, until: \"2020-01-01T00:00:00Z\"}").run()
    #expect(report.summary == "succeeded")
    #expect(report.record("pause")?.result == "2020-01-01T00:00:00.000Z")
  }

  @Test("is refused when it says nothing, too much, or no time")
  func mistakes() {
    #expect(Trial.problems("- {key: a, type: delay}").contains("a delay needs \"for\" or \"until\""))
    #expect(Trial.problems("- {key: a, type: delay, for: 1s, until: 1}").contains("not both"))
    #expect(Trial.problems("- {key: a, type: delay, for: soon}").contains("is a time such as 30s"))
    #expect(Trial.problems("- {key: a, type: delay, until: tomorrow}").contains("is a moment such as"))
    #expect(
      Trial.problems("- {key: a, type: delay, until: \"2030-02-31T08:00:00Z\"}").contains("is a moment such as"))
    #expect(Trial.problems("- {key: a, type: delay, for: 400d}").contains("366d at most"))
  }

  @Test("a template that gives no time is an error")
  func wrongTemplate() async throws {
    var trial = Trial("- {key: pause, type: delay, for: \"{{$context.data.wait}}\"}")
    trial.body = #"{"wait":"never"}"#
    #expect(try await trial.run().summary.contains("no time of 366d at most"))
  }
}
