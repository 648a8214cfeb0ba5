// What a caller gets who waits: the reply, the output, the failure, or word that it takes longer.

import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("Synchronous webhooks")
struct SynchronousTests {
  private static let workflows = [
    "sync": Definition.sync, "short": Definition.trigger("mode: sync, timeout: 50ms"),
    "strict": Definition.trigger("mode: sync, timeout: 50ms, onTimeout: error"),
    "once": Definition.trigger(#"mode: sync, timeout: 30s, deduplicate: {by: "{{$context.data.id}}", for: 1h}"#),
    "long": Definition.trigger("mode: sync, timeout: 30s, onTimeout: error"),
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
      let asynchronous = try await stage.post("sync", headers: [("Prefer", "respond-async")])
      #expect(asynchronous.status == 202)
      #expect(asynchronous[header: "preference-applied"] == "respond-async")
      let id = try #require(asynchronous.executionID)
      #expect(asynchronous[header: "location"] == "/api/executions/\(id)/result")
      #expect(try await stage.post("sync", headers: [("prefer", "wait=0")]).status == 202)
      #expect(try await stage.post("short", headers: [("prefer", "wait=3600")]).status == 202)
      #expect(try await stage.post("long", headers: [("prefer", "wait=0")]).status == 202)
      let late = try await stage.post("strict", headers: [("prefer", "respond-async, wait=1")])
      #expect(late.status == 202)
      #expect(late[header: "preference-applied"] == "respond-async")
      #expect(stage.inbox.count == 0)
      #expect(try await stage.depth() == 5)
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

  @Test("nobody waits for the answer of a caller whose connection broke, be it the first one's or a repeated one's")
  func brokenConnection() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let first = try await RawClient.connect(port: stage.port)
      try await first.write(Self.once)
      try await eventually("it is admitted and waits") { try await stage.depth() == 1 }
      let second = try await RawClient.connect(port: stage.port)
      try await second.write(Self.once)
      try await eventually("both wait") { stage.inbox.count == 2 }
      try await second.reset()
      try await eventually("one waits") { stage.inbox.count == 1 }
      try await first.reset()
      try await eventually("nobody waits") { stage.inbox.count == 0 }
    }
  }

  private static let once =
    "POST /api/webhooks/once HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}"

  @Test("repeated webhooks that wait count as callers who wait, and get the first one's answer")
  func repeated() async throws {
    var options = IngestStage.Options()
    options.waiters = 2
    try await IngestStage.with(Self.workflows, options: options) { stage in
      _ = try await stage.worker()
      async let first = stage.post("once", #"{"id":"a"}"#)
      try await eventually("the first one waits") { try await stage.depth() == 1 }
      async let second = stage.post("once", #"{"id":"a"}"#)
      try await eventually("both wait") { stage.inbox.count == 2 }
      let third = try await stage.post("once", #"{"id":"a"}"#)
      #expect(third.status == 503 && third[header: "retry-after"] == "1")
      try await stage.settleNext(Settlement(state: .succeeded, output: Array("1".utf8), keep: .seconds(60)))
      let (one, two) = (try await first, try await second)
      #expect(one.text == "1" && two.text == "1")
      #expect(one.executionID == two.executionID)
      #expect(one[header: "idempotent-replayed"] == nil && two[header: "idempotent-replayed"] == "true")
      #expect(stage.inbox.count == 0)
      // What has ended is answered at once, however little its caller waits.
      #expect(try await stage.post("once", #"{"id":"a"}"#, headers: [("prefer", "wait=0")]).text == "1")
    }
  }

  @Test("as many wait as may, and nobody waits when the process stops")
  func inbox() async throws {
    let queue = MemoryQueue()
    let inbox = ReplyInbox(name: "box", queue: queue.replies(inbox: "box"), limit: 1, logger: .init(label: "test"))
    let loop = NIOSingletons.posixEventLoopGroup.next()
    let waiting = try #require(inbox.wait(for: .random(), on: loop))
    #expect(inbox.wait(for: .random(), on: loop) == nil)
    inbox.forgetAll()
    #expect(try await waiting.get() == nil)
    let late = try #require(inbox.wait(for: .random(), on: loop))
    #expect(try await late.get() == nil)
    #expect(inbox.count == 0)
  }

  @Test("a stop whose time is over tells those who still wait that their executions go on")
  func impatientStop() async throws {
    var options = IngestStage.Options()
    options.limits.grace = .milliseconds(50)
    let clients = try await IngestStage.with(Self.workflows, options: options) { stage in
      _ = try await stage.worker()
      var clients: [RawClient] = []
      for (number, request) in [Self.once, Self.once, Self.once.replacing("/once", with: "/long")].enumerated() {
        let client = try await RawClient.connect(port: stage.port)
        try await client.write(request)
        try await eventually("it waits") { stage.inbox.count == number + 1 }
        if number == 0 { try await eventually("it is admitted") { try await stage.depth() == 1 } }
        clients.append(client)
      }
      try await eventually("the other one is admitted") { try await stage.depth() == 2 }
      return clients
    }
    for client in clients { try await eventually("it is answered") { client.isEnded } }
    #expect(clients[0].text.hasPrefix("HTTP/1.1 202 "))
    #expect(clients[1].text.hasPrefix("HTTP/1.1 202 "))
    #expect(clients[1].text.contains("idempotent-replayed: true"))
    #expect(clients[2].text.hasPrefix("HTTP/1.1 504 "))
    for client in clients { #expect(client.text.contains("connection: close")) }
  }

  @Test("many callers at once get their own answers")
  func manyCallers() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let worker = try await stage.worker()
      let serving = Task {
        for _ in 0..<100 {
          let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(10)).first)
          let lease = try #require(try await worker.begin(delivery))
          let request = try WebhookRequest(decoding: Array((delivery.payload ?? ByteBuffer()).readableBytesView))
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
