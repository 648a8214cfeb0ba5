// How much an execution may store, and how much it may have in hand between two checkpoints.

import JSONCodec
import OutboundHTTP
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("What an execution stores")
struct StoredSizeTests {
  /// A list of nothing, so long.
  private static func list(megabytes: Int) -> String {
    "[" + String(repeating: " ", count: megabytes << 20) + "]"
  }

  private static func maps(_ keys: String..., megabytes: Int) -> Trial {
    var trial = Trial(
      keys.map { "- {key: \($0), type: map, value: \"{{$context.data}}\"}" }.joined(separator: "\n"))
    trial.body = list(megabytes: megabytes)
    return trial
  }

  @Test("has 64 MB at most, over all its records")
  func most() async throws {
    let trial = Self.maps("a", "b", "c", "d", "e", megabytes: 15)
    let report = try await trial.run()
    #expect(report.summary.contains("node e: with its result the execution would store more than 64MB"))
    #expect(report.isDeadLetter)
    #expect(report.records.map(\.path) == ["e"])
  }

  @Test("counts what earlier runs have stored")
  func earlier() async throws {
    var trial = Self.maps("a", "b", "c", "d", megabytes: 15)
    #expect(try await trial.run().summary == "succeeded")
    trial.records = try trial.journal.stored()
    #expect(trial.records.count == 4)
    trial.nodes += "\n- {key: e, type: map, value: \"{{$context.data}}\"}"
    #expect(try await trial.run().summary.contains("more than 64MB"))
  }

  @Test("is written down when it has become much, without an effect")
  func pending() async throws {
    let trial = Self.maps("a", "b", "c", megabytes: 3)
    let report = try await trial.run()
    #expect(trial.journal.checkpoints == [["a", "b"]])
    #expect(report.records.map(\.path) == ["c"])
  }

  @Test("a failure that is passed over goes without an answer that is too large")
  func failure() async throws {
    var trial = Trial(
      """
      - {key: call, type: request, url: "https://a.example", continueOnError: true}
      - {key: out, type: output, value: "{{$nodes.call.error}}"}
      """)
    let body = Array(Self.list(megabytes: 17).utf8)
    trial.services = RecordingServices { _ in
      OutboundResponse(status: 500, headers: [("content-type", "application/json")], body: body)
    }
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.output?["status"] == 500)
    #expect(report.output?["data"] == nil)
    #expect(try trial.journal.stored().first?.bytes.count ?? .max < 1000)
  }
}
