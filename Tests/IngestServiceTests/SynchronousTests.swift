// What a caller gets who waits: the reply, the output, the failure, or word that it takes longer.

import ExecutionQueue
import JSONCodec
import NIOCore
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("Synchronous webhooks")
struct SynchronousTests {
  private static let workflows = [
    "sync": Definition.sync, "short": Definition.trigger("mode: sync, timeout: 50ms"),
    "strict": Definition.trigger("mode: sync, timeout: 50ms, onTimeout: error"),
  ]

  struct Outcome: Sendable {
    let settlement: Settlement
    let status: Int
    let text: String?
    var header: (name: String, value: String)?
  }

  static let outcomes: [Outcome] = [
    Outcome(
      settlement: Settlement(
        state: .succeeded, output: Array("{\"out\":1}".utf8),
        reply: Reply(status: 201, headers: [("X-Own", "a")], body: Array("made".utf8)).encoded(), keep: .seconds(60)),
      status: 201, text: "made", header: ("x-own", "a")),
    Outcome(
      settlement: Settlement(state: .succeeded, output: Array("{\"out\": 1}".utf8), keep: .zero), status: 200,
      text: "{\"out\": 1}", header: ("content-type", "application/json")),
    Outcome(settlement: Settlement(state: .succeeded, keep: .zero), status: 200, text: nil),
    Outcome(
      settlement: Settlement(state: .succeeded, reply: Reply(status: 204).encoded(), keep: .zero), status: 204, text: ""
    ),
    Outcome(
      settlement: Settlement(state: .failed, message: "node \"a\": no", keep: .seconds(60)), status: 500, text: nil),
    Outcome(settlement: Settlement(state: .error, message: "broken", keep: .zero), status: 500, text: nil),
    Outcome(settlement: Settlement(state: .timedOut, keep: .zero), status: 500, text: nil),
    Outcome(settlement: Settlement(state: .succeeded, reply: [9, 9], keep: .zero), status: 500, text: nil),
  ]

  @Test("every outcome has its answer, at once", arguments: outcomes)
  func outcome(row: Outcome) async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      async let answering = stage.post("sync", "{\"a\":1}")
      try await stage.settleNext(row.settlement)
      let answer = try await answering
      #expect(answer.status == row.status)
      if let text = row.text { #expect(answer.text == text) }
      if let (name, value) = row.header { #expect(answer[header: name] == value) }
      let id = try #require(answer.executionID)
      if row.settlement.state == .succeeded, row.settlement.reply == nil, row.settlement.output == nil {
        #expect(answer.json == ["executionId": .string(id), "status": "succeeded"])
      }
      if row.status == 500 {
        #expect(answer[header: "content-type"] == "application/problem+json")
        #expect(answer.json["executionId"]?.stringValue == id)
        if let message = row.settlement.message { #expect(answer.json["detail"]?.stringValue == message) }
      }
      #expect(stage.inbox.count == 0)
      #expect(stage.bufferedBytes == 0)
    }
  }

  @Test("an early reply answers while the execution goes on, and the end does not answer again")
  func earlyReply() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let connection = try await SystemConnection.open(port: stage.port)
      async let answering = connection.send(.webhook("sync", "{}"))
      let (worker, lease) = try await stage.begin()
      #expect(try await worker.reply(lease, Reply(status: 202, body: Array("early".utf8)).encoded()))
      #expect(try await answering.text == "early")
      #expect(try await worker.settle(lease, Settlement(state: .failed, message: "late", keep: .seconds(60))))
      #expect(try await connection.send(.get("/-/healthz")).status == 200)
    }
  }

  @Test(
    "a deadline is 202 with the place of the result, or 504; the execution goes on", arguments: ["short", "strict"])
  func deadline(key: String) async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let answer = try await stage.post(key)
      let id = try #require(answer.executionID)
      let result = "/api/executions/\(id)/result"
      if key == "short" {
        #expect(answer.status == 202)
        #expect(answer[header: "location"] == result)
      } else {
        #expect(answer.status == 504)
        #expect(answer.json["executionId"]?.stringValue == id)
      }
      #expect(stage.inbox.count == 0)
      #expect(try await stage.send(.get(result)).json["status"]?.stringValue == "queued")
      let (worker, lease) = try await stage.begin()
      let running = try await stage.send(.get(result))
      #expect(running.status == 202)
      #expect(running.json["status"]?.stringValue == "running")
      #expect(running[header: "retry-after"] != nil)
      let reply = Reply(status: 418, headers: [("X-Own", "tea")], body: Array("pot".utf8))
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, reply: reply.encoded(), keep: .seconds(60))))
      let final = try await stage.send(.get(result))
      #expect(final.status == 418)
      #expect(final.text == "pot")
      #expect(final.executionID == id)
      let head = try await stage.send(SystemRequest("HEAD", result))
      #expect(head.status == 418)
      #expect(head.body.isEmpty)
    }
  }

  @Test("what the caller prefers is honoured, never beyond the trigger's own timeout")
  func preference() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let asynchronous = try await stage.post("sync", headers: [("Prefer", "respond-async, wait=100")])
      #expect(asynchronous.status == 202)
      #expect(asynchronous[header: "preference-applied"] == "respond-async")
      let id = try #require(asynchronous.executionID)
      #expect(asynchronous[header: "location"] == "/api/executions/\(id)/result")
      #expect(try await stage.post("sync", headers: [("prefer", "wait=0")]).status == 202)
      #expect(try await stage.post("short", headers: [("prefer", "wait=3600")]).status == 202)
      #expect(stage.inbox.count == 0)
      #expect(try await stage.depth() == 3)
    }
  }

  @Test("an unknown execution's result is 404, another's token does not find it")
  func unknownResult() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let answer = try await stage.post("sync", headers: [("prefer", "respond-async")])
      let id = try #require(answer.executionID.flatMap { ExecutionID($0) })
      let guessed = ExecutionID(partition: 0, entry: id.entry, token: .random())
      #expect(try await stage.send(.get("/api/executions/\(guessed)/result")).status == 404)
      #expect(try await stage.send(.get("/api/executions/\(id)/result")).status == 202)
    }
  }

  @Test("callers whose connections are gone leave nothing behind")
  func goneCallers() async throws {
    try await IngestStage.with(
      Self.workflows.merging(["brief": Definition.trigger("mode: sync, timeout: 300ms")]) { $1 }
    ) {
      stage in
      _ = try await stage.worker()
      for number in 1...20 {
        let connection = try await SystemConnection.open(port: stage.port)
        connection.write(SystemRequest.webhook("brief", "{\"a\":1}").wire)
        try await eventually("it waits, or has waited") { try await stage.depth() == number }
        connection.close()
      }
      try await eventually("nobody waits") { stage.inbox.count == 0 }
      try await eventually("no connection is left") { stage.connections == 0 }
      #expect(stage.bufferedBytes == 0)
    }
  }

  @Test("many callers at once get their own answers")
  func manyCallers() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let worker = try await stage.worker()
      let serving = Task {
        for _ in 0..<100 {
          let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(10)).first)
          let lease = try #require(try await worker.begin(delivery))
          let request = try WebhookRequest(decoding: Array(delivery.payload.readableBytesView))
          _ = try await worker.settle(lease, Settlement(state: .succeeded, output: request.body, keep: .zero))
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            let answer = try await stage.post("sync", "{\"n\":\(number)}")
            #expect(answer.text == "{\"n\":\(number)}")
          }
        }
        try await group.waitForAll()
      }
      try await serving.value
      #expect(stage.inbox.count == 0)
    }
  }
}
