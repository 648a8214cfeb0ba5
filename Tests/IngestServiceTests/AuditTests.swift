// Every request to a webhook address leaves exactly one record, with what became of it.

import AuditLog
import Catalog
import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOEmbedded
import ProcessSupport
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("The audit log of requests")
struct AuditTests {
  private static let workflows = [
    "echo": Definition.echo, "sync": Definition.sync, "gets": Definition.trigger("methods: [GET]"),
    "small": Definition.trigger("body: {limit: 10}"),
    "asks": Definition.trigger("when: {all: [[\"{{$context.data.n}}\", equal, 1]]}"),
    "off": "enabled: false\n" + Definition.echo,
    "newer": "{}", "short": Definition.trigger("mode: sync, timeout: 50ms, onTimeout: error"),
    "own": Definition.trigger("path: \"/shops/:shop\""),
  ]

  /// Runs with an audit log; `entries` waits until all that is recorded is in the files.
  private static func with(
    loads: Bool = true,
    _ body: @Sendable (IngestStage, _ entries: @Sendable () async throws -> [AuditEntry]) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    var options = IngestStage.Options()
    options.auditDirectory = directory.path
    options.loads = loads
    try await IngestStage.with(workflows, options: options) { stage in
      try await body(stage) {
        await stage.audit?.flush(within: .seconds(10))
        return try AuditHistory(directory: directory.path, filter: AuditFilter()).newest(1000)
      }
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: SystemRequest
    let status: Int
    let outcome: AuditOutcome
    var workflow: String?
    var check: AuditCheck?
    var reason: String?
    var bodyBytes = 0

    init(
      _ description: String, _ request: SystemRequest, _ status: Int, _ outcome: AuditOutcome, workflow: String? = nil,
      check: AuditCheck? = nil, reason: String? = nil, bodyBytes: Int = 0
    ) {
      testDescription = description
      self.request = request
      self.status = status
      self.outcome = outcome
      self.workflow = workflow
      self.check = check
      self.reason = reason
      self.bodyBytes = bodyBytes
    }
  }

  static let rows = [
    Row("accepted", .webhook("echo", "{\"a\":1}"), 200, .accepted, workflow: "echo", bodyBytes: 7),
    Row(
      "accepted at a path of its own", SystemRequest("POST", "/shops/7?token=secret"), 200, .accepted, workflow: "own"),
    Row("ignored", .webhook("asks", "{\"n\":2}"), 200, .ignored, workflow: "asks", bodyBytes: 7),
    Row("unknown", .webhook("nowhere", "{}"), 404, .refused, check: .route, reason: "not-found"),
    Row("unknown path", .get("/favicon.ico"), 404, .refused, check: .route, reason: "not-found"),
    Row(
      "wrong method", .webhook("gets", "{}"), 405, .refused, workflow: "gets", check: .method,
      reason: "method-not-allowed"),
    Row(
      "disabled", .webhook("off", "{}"), 503, .refused, workflow: "off", check: .workflow, reason: "workflow-disabled"),
    Row(
      "unusable", .webhook("newer", "{}"), 503, .refused, workflow: "newer", check: .workflow,
      reason: "workflow-unusable"),
    Row(
      "too large", .webhook("small", "{\"a\":12345678}"), 413, .refused, workflow: "small", check: .size,
      reason: "body-too-large"),
    Row(
      "malformed", .webhook("echo", "{\"a\":"), 400, .refused, workflow: "echo", check: .body,
      reason: "malformed-request", bodyBytes: 5),
    Row(
      "no worker", .webhook("sync", "{}"), 503, .refused, workflow: "sync", check: .admission, reason: "no-worker",
      bodyBytes: 2),
    Row(
      "too many headers", SystemRequest("POST", "/api/webhooks/echo", headers: (0...100).map { ("x-\($0)", "1") }), 431,
      .refused, check: .http, reason: "headers-too-large"),
  ]

  @Test("one record says what became of a request", arguments: rows)
  func record(row: Row) async throws {
    try await Self.with { stage, entries in
      var request = row.request
      request.headers.append(("X-Request-Id", "r1"))
      request.headers.append(("X-Signature", "never-shown"))
      let before = WallClock.milliseconds
      let answer = try await stage.send(request)
      #expect(answer.status == row.status)
      let found = try await entries()
      #expect(found.count == 1)
      let entry = try #require(found.first)
      #expect(entry.time >= before && entry.time <= WallClock.milliseconds)
      #expect(entry.requestID == "r1")
      #expect(entry.method == row.request.method)
      #expect(entry.path == String(row.request.path.prefix { $0 != "?" }))
      #expect(entry.workflow == row.workflow)
      #expect(entry.client == "127.0.0.1")
      #expect(entry.status == row.status)
      #expect(entry.outcome == row.outcome.rawValue)
      #expect(entry.check == row.check?.rawValue)
      #expect(entry.reason == row.reason)
      #expect(entry.executionID == answer.executionID)
      #expect(entry.bodyBytes == row.bodyBytes)
      #expect(entry.microseconds.map { (0...10_000_000).contains($0) } == true)
      #expect(!entry.isUnanswered)
      let text = String(decoding: entry.line, as: UTF8.self)
      for hidden in ["never-shown", "token", "secret", "12345678"] { #expect(!text.contains(hidden)) }
    }
  }

  @Test("addresses that are none of a webhook leave no record")
  func others() async throws {
    try await Self.with { stage, entries in
      for path in ["/-/healthz", "/-/metrics", "/-/nothing", "/api/executions/0-1-1-0123456789abcdef/result"] {
        _ = try await stage.send(.get(path))
        _ = try await stage.send(SystemRequest("POST", path))
      }
      #expect(try await entries().isEmpty)
    }
  }

  @Test("a closed gate, and workflows that are not loaded, are told with their reason")
  func gate() async throws {
    try await Self.with(loads: false) { stage, entries in
      _ = try await stage.post("echo")
      try await stage.catalog.refresh()
      stage.gate.set(problem: "the append-only file is off")
      _ = try await stage.post("echo")
      let found = try await entries()
      #expect(found.map(\.check) == ["gate", "gate"])
      #expect(found.map(\.reason) == ["unavailable", "unavailable"])
      #expect(found.map(\.why) == ["The workflows have not been loaded yet.", "the append-only file is off"])
    }
  }

  @Test("what is no HTTP, too large a head, and bytes that are no text, are told as far as they can be")
  func parser() async throws {
    try await Self.with { stage, entries in
      for text in ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nx: " + String(repeating: "y", count: 200_000) + "\r\n\r\n"] {
        let client = try await RawClient.connect(port: stage.port)
        try? await client.write(text)
        try await eventually("it is answered") { client.text.hasPrefix("HTTP/1.1 4") }
        try await client.close()
      }
      let found = try await entries()
      #expect(found.map(\.status) == [400, 431])
      #expect(found.map(\.reason) == ["malformed-request", "headers-too-large"])
      #expect(found.allSatisfy { $0.check == "http" && $0.client == "127.0.0.1" && $0.workflow == nil })
      #expect(found.allSatisfy { $0.requestID?.isEmpty == false })
    }
  }

  @Test("a body that breaks off in its chunks is told with what its head said")
  func brokenChunk() async throws {
    try await Self.with { stage, entries in
      let client = try await RawClient.connect(port: stage.port)
      try await client.write(
        "POST /api/webhooks/echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n")
      try await eventually("it is answered") { client.text.hasPrefix("HTTP/1.1 400 ") }
      let found = try #require(try await entries().first)
      #expect(found.method == "POST" && found.path == "/api/webhooks/echo" && found.workflow == "echo")
      #expect(found.bodyBytes == 1 && found.check == "http")
    }
  }

  @Test("a synchronous execution that fails or takes too long is accepted, and the record says how it was answered")
  func synchronous() async throws {
    try await Self.with { stage, entries in
      _ = try await stage.worker()
      async let answering = stage.post("sync")
      try await stage.settleNext(Settlement(state: .failed, message: "no", keep: .zero))
      #expect(try await answering.status == 500)
      #expect(try await stage.post("short").status == 504)
      let found = try await entries()
      #expect(found.map(\.outcome) == ["accepted", "accepted"])
      #expect(found.map(\.status) == [500, 504])
      #expect(found.map(\.reason) == ["execution-failed", "deadline"])
      #expect(found.allSatisfy { $0.executionID != nil })
      #expect(found.last?.microseconds.map { $0 >= 50_000 } == true)
    }
  }

  @Test("clients who go away in the middle of a body leave a record too")
  func gone() async throws {
    try await Self.with { stage, entries in
      let early = try await RawClient.connect(port: stage.port)
      try await early.write("POST /api/webhooks/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{\"a\":")
      try await eventually("a part has arrived") { stage.bufferedBytes == 5 }
      try await early.close()
      try await eventually("it is recorded") { try await entries().count == 1 }
      let entry = try #require(try await entries().first)
      #expect(entry.outcome == "aborted")
      #expect(entry.status == nil)
      #expect(entry.bodyBytes == 5)
      #expect(entry.isUnanswered)
    }
  }

  @Test("what became of a request is told also when nobody is left to be answered", arguments: ["/later", "/slow"])
  func unanswered(path: String) async throws {
    let directory = try TemporaryDirectory()
    let writer = AuditWriter(
      files: AuditFiles(directory: directory.path, size: 1 << 20), registry: MetricsRegistry(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    // The stage's event loop belongs to this thread.
    func run() throws {
      let stage = try HandlerStage(audit: writer)
      try stage.write("POST \(path) HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}")
      _ = try stage.channel.finish()
      stage.router.succeed("late")
      stage.pass(1)
    }
    try run()
    try await eventually("it is written") {
      let entries = try AuditHistory(directory: directory.path, filter: AuditFilter()).newest(10)
      return entries.map(\.isUnanswered) == [true] && entries.map(\.status) == [200]
    }
  }

  @Test("a body that streams beyond the limit is told with the bytes that came")
  func streaming() async throws {
    try await Self.with { stage, entries in
      let client = try await RawClient.connect(port: stage.port)
      try await client.write("POST /api/webhooks/small HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
      try await client.write("6\r\n123456\r\n")
      try await eventually("a part has arrived") { stage.bufferedBytes == 6 }
      try await client.write("6\r\n123456\r\n")
      try await eventually("it is answered") { client.text.hasPrefix("HTTP/1.1 413 ") }
      let found = try await entries()
      #expect(found.map(\.bodyBytes) == [12])
      #expect(found.map(\.workflow) == ["small"])
    }
  }

  @Test("many requests on one connection are as many records, in their order")
  func pipelined() async throws {
    try await Self.with { stage, entries in
      let connection = try await SystemConnection.open(port: stage.port)
      let answers = (0..<500).map { _ in connection.expect() }
      var bytes: [UInt8] = []
      for number in 0..<500 {
        bytes += SystemRequest.webhook("echo", "{}", headers: [("X-Request-Id", "r\(number)")]).wire
      }
      connection.write(bytes)
      for answer in answers { #expect(try await answer.value().status == 200) }
      let found = try await entries().map(\.requestID)
      #expect(found.count == 500)
      let misplaced = found.enumerated().first { $0.element != "r\($0.offset)" }
      #expect(misplaced == nil)
    }
  }
}
