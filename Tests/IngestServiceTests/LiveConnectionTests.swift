// Connections over real sockets: what the kernel and its buffers add to the rules of ConnectionHandlerTests.

import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("A connection over a socket")
struct LiveConnectionTests {
  private static let workflows = [
    "echo": Definition.echo, "sync": Definition.sync, "small": Definition.trigger("body: {limit: 1KB}"),
  ]

  @Test("one connection carries many requests, pipelined ones keep their order behind a caller who waits")
  func pipelining() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let connection = try await SystemConnection.open(port: stage.port)
      for _ in 0..<5 { #expect(try await connection.send(.webhook("echo", "{}")).status == 200) }
      let first = connection.expect()
      let second = connection.expect(method: "GET")
      connection.write(SystemRequest.webhook("sync", "{}").wire + SystemRequest.get("/-/healthz").wire)
      // The last of them is the synchronous one, of the high priority.
      try await eventually("six executions are there") { try await stage.depth() == 6 }
      try await stage.settleNext(Settlement(state: .succeeded, output: Array("\"out\"".utf8), keep: .zero))
      #expect(try await first.value().text == "\"out\"")
      #expect(try await second.value().text == "ok\n")
      #expect(connection.isOpen)
    }
  }

  @Test("HEAD of a status address has no body")
  func head() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let answer = try await stage.send(SystemRequest("HEAD", "/-/healthz"))
      #expect(answer.status == 200)
      #expect(answer[header: "content-length"] == "3")
      #expect(answer.body.isEmpty)
    }
  }

  @Test("a client that sends far too much can still read that it is too much")
  func tooLarge() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let client = try await RawClient.connect(port: stage.port)
      try await client.write("POST /api/webhooks/small HTTP/1.1\r\nhost: a\r\ncontent-length: 5000000\r\n\r\n")
      for _ in 0..<50 { try? await client.write(String(repeating: "x", count: 100_000)) }
      try await eventually("the answer is there") { client.text.hasPrefix("HTTP/1.1 413 ") }
      #expect(stage.bufferedBytes == 0)
      try await client.close()
      try await eventually("the connection is gone") { stage.connections == 0 }
    }
  }

  @Test("a half-closed client gets its answer, however large, and then the end")
  func halfClosed() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let client = try await RawClient.connect(port: stage.port, reads: false)
      try await client.write("POST /api/webhooks/sync HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}")
      try await client.endOutput()
      let output = JSON.string(String(repeating: "y", count: 20_000_000)).bytes
      try await stage.settleNext(Settlement(state: .succeeded, output: output, keep: .zero))
      try await eventually("it is answered") { stage.inbox.count == 0 }
      try await client.read(true)
      try await eventually("all has arrived and the server is done") { client.isEnded }
      #expect(client.text.hasPrefix("HTTP/1.1 200 OK"))
      #expect(client.byteCount > output.count)
      try await client.close()
      try await eventually("the connection is gone") { stage.connections == 0 }
    }
  }

  @Test("a large last answer arrives whole at a slow client")
  func largeLastAnswer() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let client = try await RawClient.connect(port: stage.port, reads: false)
      try await client.write(
        "POST /api/webhooks/sync HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}")
      let output = JSON.string(String(repeating: "y", count: 20_000_000)).bytes
      try await stage.settleNext(Settlement(state: .succeeded, output: output, keep: .zero))
      try await eventually("it is answered") { stage.inbox.count == 0 }
      try await client.read(true)
      try await eventually("all has arrived and the server is done") { client.isEnded }
      #expect(client.byteCount > output.count)
      try await client.close()
    }
  }

  @Test("connections beyond the limit are closed; when one goes there is room again")
  func limit() async throws {
    var options = IngestStage.Options()
    options.limits.connections = 2
    try await IngestStage.with(Self.workflows, options: options) { stage in
      let first = try await RawClient.connect(port: stage.port)
      let second = try await RawClient.connect(port: stage.port)
      try await eventually("both are in") { stage.connections == 2 }
      let third = try await RawClient.connect(port: stage.port)
      try await eventually("the third one is closed") { third.isEnded }
      #expect(!first.isEnded && !second.isEnded)
      try await second.close()
      try await eventually("there is room") { stage.connections == 1 }
      #expect(try await stage.send(.get("/-/healthz")).status == 200)
    }
  }

  @Test("a stop answers the caller who waits, and closes the idle connection")
  func stop() async throws {
    let answer = try await IngestStage.with(Self.workflows) { stage in
      _ = try await stage.worker()
      let idle = try await RawClient.connect(port: stage.port)
      let busy = try await RawClient.connect(port: stage.port)
      try await busy.write("POST /api/webhooks/sync HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}")
      let (worker, lease) = try await stage.begin()
      // The stage stops its server when this returns; the inbox has to be running until then.
      Task {
        try await eventually("the stop has begun") { idle.isEnded }
        _ = try await worker.settle(lease, Settlement(state: .succeeded, output: Array("1".utf8), keep: .zero))
      }
      return busy
    }
    #expect(answer.isEnded)
    #expect(answer.text.hasPrefix("HTTP/1.1 200 OK"))
    #expect(answer.text.contains("connection: close"))
  }

  @Test("a reply that is too large for the inbox is fetched from the record")
  func incompleteReply() async throws {
    let loopQueue = IncompleteReplies(queue: MemoryQueue(lifetime: .seconds(600)))
    let inbox = ReplyInbox(name: "box", queue: loopQueue, limit: 10, logger: .init(label: "test"))
    let running = Task { try await inbox.run() }
    try await loopQueue.keepOpen()
    let loop = NIOSingletons.posixEventLoopGroup.next()
    let admissions = loopQueue.queue.admissions(on: loop)
    let worker = loopQueue.queue.deliveries(worker: "w")
    try await worker.heartbeat()
    let token = ExecutionToken.random()
    let reply = try #require(inbox.wait(for: token, on: loop))
    let execution = NewExecution(
      token: token, workflow: "w", priority: .high, payload: [], inbox: "box")
    guard case .admitted(let id) = try await loop.flatSubmit({ admissions.admit(execution) }).get() else {
      Issue.record("not admitted")
      return
    }
    let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(5)).first)
    let lease = try #require(try await worker.begin(delivery))
    _ = try await worker.settle(lease, Settlement(state: .succeeded, output: Array("1".utf8), keep: .seconds(60)))
    inbox.admitted(id, admissions: admissions)
    #expect(try await reply.get()?.output == Array("1".utf8))
    #expect(inbox.count == 0)
    running.cancel()
    _ = await running.result
  }
}

/// Leaves reply and output out of every message.
struct IncompleteReplies: ReplyQueue {
  let queue: MemoryQueue

  func replies(waiting wait: Duration) async throws(QueueError) -> [QueuedReply] {
    try await queue.replies(inbox: "box").replies(waiting: wait).map {
      QueuedReply(
        token: $0.token, state: $0.state, message: $0.message, reply: nil, output: nil, isComplete: false)
    }
  }
  func keepOpen() async throws(QueueError) { try await queue.replies(inbox: "box").keepOpen() }
  func close() async throws(QueueError) { try await queue.replies(inbox: "box").close() }
}
