// Every refusal of product.md section 3 that this version has: its status, its problem document, its headers.

import Catalog
import ExecutionQueue
import JSONCodec
import NIOCore
import TestSupport
import Testing

@testable import IngestService

@Suite("Refused webhooks")
struct RefusalTests {
  private static let workflows = [
    "echo": Definition.echo, "off": "enabled: false\n" + Definition.echo, "broken": "{}",
    "small": Definition.trigger("body: {limit: 10}"), "puts": Definition.trigger("methods: [PUT, PATCH]"),
    "forms": Definition.trigger("body: {as: form}"), "jsons": Definition.trigger("body: {as: json}"),
    "sync": Definition.sync,
    "asks": Definition.trigger("when: {all: [[\"{{$context.data.n}}\", equal, 1]]}"),
  ]

  struct Row: Sendable {
    let what: String
    let request: SystemRequest
    let status: Int
    let name: String
    var header: (name: String, value: String)?
  }

  private static let callback = "/api/resume/0-1-1-0123456789abcdef-0123456789abcdef"

  static let rows: [Row] = [
    Row(what: "unknown workflow", request: .webhook("none", "{}"), status: 404, name: "not-found"),
    Row(what: "unknown path", request: .get("/elsewhere"), status: 404, name: "not-found"),
    Row(what: "broken escape", request: .webhook("%zz", "{}"), status: 400, name: "malformed-request"),
    Row(what: "broken escape in a path", request: .get("/shops/100%"), status: 400, name: "malformed-request"),
    Row(what: "escapes that are no text", request: .get("/shops/%ff"), status: 400, name: "malformed-request"),
    Row(
      what: "compressed body", request: .webhook("echo", "{}", headers: [("Content-Encoding", "gzip")]), status: 415,
      name: "body-compressed"),
    Row(
      what: "compressed body of a callback",
      request: SystemRequest("POST", callback, headers: [("Content-Encoding", "br")], body: [0]), status: 415,
      name: "body-compressed"),
    Row(
      what: "JSON that is empty", request: .webhook("echo", ""), status: 400, name: "malformed-request"),
    Row(
      what: "JSON of a callback that is empty",
      request: SystemRequest("POST", callback, headers: [("Content-Type", "application/json")]), status: 400,
      name: "malformed-request"),
    Row(
      what: "unknown callback", request: SystemRequest("POST", callback), status: 404, name: "callback-not-found"),
    Row(
      what: "disabled", request: .webhook("off", "{}"), status: 503, name: "workflow-disabled",
      header: ("retry-after", "60")),
    Row(
      what: "unusable", request: .webhook("broken", "{}"), status: 503, name: "workflow-unusable",
      header: ("retry-after", "30")),
    Row(
      what: "wrong method", request: .get("/api/webhooks/puts"), status: 405, name: "method-not-allowed",
      header: ("allow", "PUT, PATCH")),
    Row(what: "malformed JSON", request: .webhook("echo", "{\"a\":"), status: 400, name: "malformed-request"),
    Row(what: "text for JSON", request: .webhook("jsons", "plain"), status: 400, name: "malformed-request"),
    Row(
      what: "malformed query",
      request: SystemRequest("POST", "/api/webhooks/echo?a[b=1&a=%zz%", body: []), status: 400,
      name: "malformed-request"),
    Row(
      what: "body too large", request: .webhook("small", "{\"a\":123456}"), status: 413,
      name: "body-too-large"),
    Row(
      what: "no worker for a synchronous call", request: .webhook("sync", "{}"), status: 503,
      name: "no-worker", header: ("retry-after", "5")),
    Row(
      what: "wrong method for a result",
      request: SystemRequest("POST", "/api/executions/0-1-1-0123456789abcdef/result"), status: 405,
      name: "method-not-allowed", header: ("allow", "GET, HEAD")),
    Row(
      what: "an execution id that is none", request: .get("/api/executions/7/result"), status: 404,
      name: "execution-not-found"),
    Row(
      what: "wrong method for health", request: SystemRequest("POST", "/-/healthz"), status: 405,
      name: "method-not-allowed", header: ("allow", "GET, HEAD")),
    Row(what: "unknown status page", request: .get("/-/nothing"), status: 404, name: "not-found"),
  ]

  @Test("is a problem document that says why, and nothing is queued", arguments: rows)
  func refusal(row: Row) async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let answer = try await stage.send(row.request)
      #expect(answer.status == row.status)
      #expect(answer[header: "content-type"] == "application/problem+json")
      #expect(answer.json["type"]?.stringValue == "urn:millrace:problem:\(row.name)")
      #expect(answer.json["status"]?.intValue == Int64(row.status))
      #expect(answer.json["title"]?.stringValue?.isEmpty == false)
      #expect(answer.json["detail"]?.stringValue?.isEmpty == false)
      #expect(answer.json["requestId"]?.stringValue == answer[header: "x-request-id"])
      #expect(answer[header: "millrace-execution-id"] == nil)
      if let (name, value) = row.header { #expect(answer[header: name] == value) }
      #expect(try await stage.depth() == 0)
      #expect(stage.bufferedBytes == 0)
    }
  }

  @Test(
    "two values that only look alike because their bytes are no text are refused, and nothing is queued",
    arguments: ["once", "ordered"])
  func unreadableBytes(key: String) async throws {
    let value = "{{$context.headers.idempotency-key}}"
    let workflows = [
      "once": Definition.trigger("deduplicate: {by: \"\(value)\", for: 1h}"),
      "ordered": "order: \"\(value)\"\n" + Definition.echo,
    ]
    try await IngestStage.with(workflows) { stage in
      let connection = try await SystemConnection.open(port: stage.port)
      let pending = connection.expect()
      let head = "POST /api/webhooks/\(key) HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nidempotency-key: M"
      connection.write(Array(head.utf8) + [0xFC] + Array("ller-1\r\n\r\n".utf8))
      let answer = try await pending.value()
      #expect(answer.status == 400)
      #expect(answer.json["detail"]?.stringValue?.contains("M\u{FFFD}ller-1") == true)
      #expect(try await stage.depth() == 0)
      #expect(try await stage.post(key, headers: [("Idempotency-Key", "Müller-1")]).status == 200)
    }
  }

  @Test("what is compressed arrives where the bytes are asked for, and what says that it is not everywhere")
  func compressed() async throws {
    let workflows = ["raw": Definition.trigger("body: {as: bytes}"), "echo": Definition.echo]
    try await IngestStage.with(workflows) { stage in
      let empty = SystemRequest("POST", "/api/webhooks/echo", headers: [("Content-Encoding", "gzip")])
      let answers = [
        try await stage.post("raw", headers: [("Content-Encoding", "gzip")]),
        try await stage.post("echo", headers: [("Content-Encoding", "Identity")]), try await stage.send(empty),
      ]
      #expect(answers.map(\.status) == [200, 200, 200])
    }
  }

  @Test("a full backlog is 503 with Retry-After, for both modes")
  func backlog() async throws {
    var options = IngestStage.Options()
    options.backlog = 1
    try await IngestStage.with(Self.workflows, options: options) { stage in
      _ = try await stage.worker()
      #expect(try await stage.post("echo").status == 200)
      for key in ["echo", "sync"] {
        let answer = try await stage.post(key)
        #expect(answer.status == 503)
        #expect(answer.json["type"]?.stringValue == "urn:millrace:problem:backlog-full")
        #expect(answer[header: "retry-after"] != nil)
      }
      #expect(stage.inbox.count == 0)
    }
  }

  @Test("a closed gate is 503 with its reason, and nothing is queued")
  func gate() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      stage.gate.set(problem: "the append-only file is off")
      let answer = try await stage.post("echo")
      #expect(answer.status == 503)
      #expect(answer.json["detail"]?.stringValue == "the append-only file is off")
      #expect(try await stage.depth() == 0)
      stage.gate.set(problem: nil)
      #expect(try await stage.post("echo").status == 200)
    }
  }

  @Test("before the workflows are loaded an unknown one is 503, not 404")
  func unloaded() async throws {
    var options = IngestStage.Options()
    options.loads = false
    try await IngestStage.with(Self.workflows, options: options) { stage in
      for path in ["/api/webhooks/echo", "/own/path"] {
        let answer = try await stage.send(SystemRequest("POST", path))
        #expect(answer.status == 503)
        #expect(answer[header: "retry-after"] == "1")
      }
      try await stage.catalog.refresh()
      #expect(try await stage.post("echo").status == 200)
    }
  }

  @Test("a queue that fails is 503 with Retry-After, and no caller is left waiting", arguments: ["echo", "sync"])
  func queueAway(key: String) async throws {
    for kind in [QueueError.Kind.unavailable, .full, .refused, .corrupt] {
      var options = IngestStage.Options()
      options.admissions = { FailingAdmissions(eventLoop: $0.eventLoop, error: QueueError(kind, "no")) }
      try await IngestStage.with(Self.workflows, options: options) { stage in
        _ = try await stage.worker()
        let answer = try await stage.post(key)
        #expect(answer.status == 503)
        #expect(answer[header: "retry-after"] != nil)
        #expect(stage.inbox.count == 0)
        #expect(stage.bufferedBytes == 0)
      }
    }
  }

  @Test("a condition that cannot be evaluated is the caller's fault; one that does not hold is ignored")
  func condition() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let ignored = try await stage.post("asks", "{\"n\":2}")
      #expect(ignored.status == 200)
      #expect(ignored.text == "{\"ignored\":true}")
      #expect(ignored.executionID == nil)
      #expect(try await stage.depth() == 0)
      #expect(try await stage.post("asks", "{\"n\":1}").executionID != nil)
      #expect(try await stage.depth() == 1)
    }
  }

  @Test("more synchronous callers than allowed get 503")
  func waiters() async throws {
    var options = IngestStage.Options()
    options.waiters = 0
    try await IngestStage.with(Self.workflows, options: options) { stage in
      _ = try await stage.worker()
      #expect(try await stage.post("sync").status == 503)
      #expect(try await stage.depth() == 0)
    }
  }
}

struct FailingAdmissions: AdmissionQueue {
  let eventLoop: any EventLoop
  let error: QueueError
  var isAway: Bool { false }

  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void) {
    completion(.failure(error))
  }
  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    eventLoop.makeFailedFuture(error)
  }
  func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption> {
    eventLoop.makeFailedFuture(error)
  }
}
