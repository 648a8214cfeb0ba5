// The walk: order, checkpoints, records, failures passed over, limits.

import JSONCodec
import OutboundHTTP
import Synchronization
import TestSupport
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("A run of a workflow")
struct WorkflowRunnerTests {
  @Test("checkpoints after each effect, with all that was decided before it; the rest goes into the report")
  func checkpoints() async throws {
    let trial = Trial(
      """
      - {key: a, type: map, value: 1}
      - {key: b, type: request, url: "https://a.example/"}
      - {key: c, type: map, value: 2}
      - {key: d, type: map, value: 3}
      - {key: e, type: request, url: "https://a.example/"}
      - {key: f, type: map, value: 4}
      """)
    let report = try await trial.run()
    #expect(trial.journal.checkpoints == [["a", "b"], ["c", "d", "e"]])
    #expect(report.records.map(\.path) == ["f"])
  }

  @Test("a record holds type, status, times and result, and reads back")
  func record() async throws {
    let record = try #require(try await Trial("- {key: a, type: map, value: {x: 1}}").run().records.first)
    let document = try JSON.parse(record.bytes)
    #expect(document.members.map(\.key) == ["type", "status", "at", "ms", "result"])
    #expect(document["at"] == 1_763_926_414_500)
    let decoded = try NodeRecord(path: "a", decoding: record.bytes)
    #expect(decoded.type == "map" && decoded.status == .succeeded && decoded.result == ["x": 1])
    #expect(throws: NodeRecordError.self) { try NodeRecord(path: "a", decoding: Array("{}".utf8)) }
  }

  @Test("a result as deep as a body may be reads back")
  func deepRecord() async throws {
    var trial = Trial(#"- {key: a, type: map, value: "{{$context.data}}"}"#)
    trial.body = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    let record = try #require(try await trial.run().records.first)
    #expect(try NodeRecord(path: "a", decoding: record.bytes).result.text == trial.body)
  }

  @Test("a disabled node is skipped, and its result is null")
  func disabled() async throws {
    let services = RecordingServices()
    var trial = Trial(
      """
      - {key: off, type: request, url: "https://a.example/", disabled: true}
      - {key: out, type: output, value: ["{{$nodes.off}}"]}
      """)
    trial.services = services
    let report = try await trial.run()
    #expect(report.output == [nil])
    #expect(report.record("off")?.status == .skipped)
    #expect(services.requests.isEmpty)
  }

  @Test("continueOnError turns a failure into a result, on a resumed run too, without a second attempt")
  func continueOnError() async throws {
    var trial = Trial(
      """
      - {key: bad, type: request, url: "https://a.example/", continueOnError: true}
      - {key: good, type: request, url: "https://b.example/"}
      - {key: out, type: output, value: "{{$nodes.bad.error.message}}"}
      """)
    let services = RecordingServices { request throws(OutboundError) in
      if request.url.contains("a.example") {
        throw OutboundError(kind: .connect, message: "GET https://a.example/: no")
      }
      return OutboundResponse(status: 200)
    }
    trial.services = services
    trial.journal = MemoryJournal(.after(1))
    #expect(try await trial.run().summary == "abandoned")
    trial.records = try trial.journal.stored()
    trial.journal = MemoryJournal()
    let report = try await trial.run()
    #expect(report.output == "GET https://a.example/: no")
    #expect(services.requests.map(\.url) == ["https://a.example/", "https://b.example/"])
  }

  @Test("a node that ended the execution as failed is run again when it is redriven")
  func redrive() async throws {
    var trial = Trial(
      """
      - {key: one, type: request, url: "https://a.example/"}
      - {key: two, type: request, url: "https://b.example/"}
      """)
    trial.services = RecordingServices { OutboundResponse(status: $0.url.contains("b.example") ? 503 : 200) }
    let failed = try await trial.run()
    #expect(failed.summary == "failed: node two: GET https://b.example/ answered 503, expected 2xx")
    trial.records = try trial.journal.stored() + failed.records
    let services = RecordingServices()
    trial.services = services
    #expect(try await trial.run().summary == "succeeded")
    #expect(services.requests.map(\.url) == ["https://b.example/"])
  }

  @Test("a body that cannot be read is an error of the node that asks for it")
  func unreadableBody() async throws {
    var trial = Trial(#"- {key: m, type: map, value: "{{$context.data}}"}"#)
    trial.body = "{"
    let summary = try await trial.run().summary
    #expect(summary.hasPrefix("error: node m: the request's body cannot be read"))
  }

  @Test("a run has an end, however many nodes there are")
  func stepLimit() async throws {
    let node = try #require(try Trial("- {key: a, type: map, value: 1}").workflow().nodes.first)
    let nodes = (0...ExecutionWalk.mostSteps).map { Node(key: "n\($0)", type: "map", settings: node.settings) }
    let report = await WorkflowRunner(services: RecordingServices()).run(
      Workflow(key: "long", trigger: Trigger(), nodes: nodes), ExecutionInput(id: "x", request: Trial("").request),
      journal: MemoryJournal())
    #expect(report.summary == "error: node n10000: the execution has run 10000 nodes, the most that one may")
  }

  @Test("settings of an unknown kind end the run with an error")
  func unknownSettings() async throws {
    let node = Node(key: "odd", type: "odd", settings: UnreadSettings())
    let report = await WorkflowRunner(services: RecordingServices()).run(
      Workflow(key: "odd", trigger: Trigger(), nodes: [node]), ExecutionInput(id: "x", request: Trial("").request),
      journal: MemoryJournal())
    #expect(report.summary == "error: node odd: this version cannot run nodes of type odd")
  }

  @Test("tells an observer of each node that it runs, not of those it has from a checkpoint")
  func observer() async throws {
    let seen = Mutex<[String]>([])
    var trial = Trial(
      """
      - {key: a, type: map, value: 1}
      - {key: b, type: request, url: "https://a.example/"}
      - {key: c, type: map, value: 1}
      """)
    trial.observer = { record, node in seen.withLock { $0.append("\(node.key) \(record.status)") } }
    trial.journal = MemoryJournal(.after(1))
    _ = try await trial.run()
    trial.records = try trial.journal.stored()
    _ = try await trial.run()
    #expect(seen.withLock { $0 } == ["a succeeded", "b succeeded", "c succeeded"])
  }

  @Test(
    "formats instants",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_763_926_414_123, "2025-11-23T19:33:34.123Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (.min, "-292275055-05-16T16:47:04.192Z"),
    ] as [(Int64, String)])
  func timestamps(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test("the catalog has each type once, and a duplicate stops the start")
  func catalog() async {
    #expect(Set(NodeCatalog.types.map(\.name)).count == NodeCatalog.types.count)
    await #expect(processExitsWith: .failure) {
      _ = WorkflowLoader(nodeTypes: NodeCatalog.types + NodeCatalog.types.prefix(1))
    }
  }
}
