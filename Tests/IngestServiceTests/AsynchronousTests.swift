// What an asynchronous caller gets, and what then lies in the queue.

import JSONCodec
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("Accepted webhooks")
struct AsynchronousTests {
  private static let own = """
    key: own
    trigger:
      type: webhook
      path: /shops/:shop/orders
      methods: [POST, GET]
      response:
        status: 201
        headers: {X-Shop: "{{$context.params.shop}}", X-Env: "{{$env.REGION}}"}
        body: {shop: "{{$context.params.shop}}", n: "{{$context.data.n}}"}
    nodes: []
    """
  private static let workflows = [
    "echo": Definition.echo, "own": own,
    "text": Definition.trigger("response: {body: \"got {{$context.data.n}}\"}"),
    "bare": Definition.trigger("response: {status: 202}"), "empty": Definition.trigger("response: {status: 204}"),
    "lists": Definition.trigger(
      #"response: {headers: {Set-Cookie: [a=1, b=2], X-A: "{{$context.data.list}}", X-None: "{{$context.data.none}}"}}"#
    ),
    "inject": Definition.trigger("response: {headers: {X-Name: \"{{$context.data.name}}\"}}"),
    "fails": Definition.trigger("response: {body: \"{{$context.headers.x-none.deeper}}\"}"),
  ]

  @Test("by default the answer is the execution's id")
  func defaultAnswer() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      for prefix in ["/api/webhooks/", "/api/webhook:trigger/"] {
        let answer = try await stage.send(
          SystemRequest(
            "POST", prefix + "echo?a=1&b[c]=2", headers: [("content-type", "application/json")], body: [0x7B, 0x7D]))
        #expect(answer.status == 200)
        let id = try #require(answer.executionID)
        #expect(answer.text == "{\"executionId\":\"\(id)\"}")
        #expect(answer[header: "content-type"] == "application/json")
        #expect(answer[header: "x-request-id"]?.isEmpty == false)
        #expect(answer[header: "date"]?.hasSuffix(" GMT") == true)
        let request = try await stage.stored()
        #expect(request.workflow == "echo")
        #expect(request.query == ["a": "1", "b": ["c": "2"]])
        #expect(request.method == "POST")
        #expect(request.path == prefix + "echo")
        #expect(request.clientAddress == "127.0.0.1")
        #expect(request.body == [0x7B, 0x7D])
      }
      #expect(stage.bufferedBytes == 0)
    }
  }

  @Test("a trigger's response is made of the request")
  func ownResponse() async throws {
    var options = IngestStage.Options()
    options.environment = ["REGION": "eu"]
    try await IngestStage.with(Self.workflows, options: options) { stage in
      let answer = try await stage.send(
        SystemRequest(
          "POST", "/shops/a%20b/orders", headers: [("content-type", "application/json")], body: Array("{\"n\":7}".utf8))
      )
      #expect(answer.status == 201)
      #expect(answer[header: "x-shop"] == "a b")
      #expect(answer[header: "x-env"] == "eu")
      #expect(answer.json == ["shop": "a b", "n": 7])
      #expect(answer.executionID != nil)
      #expect(try await stage.stored().params == ["shop": "a b"])
    }
  }

  @Test("text is sent as text; without a body the default one is sent; 204 has none")
  func bodies() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let text = try await stage.post("text", "{\"n\":7}")
      #expect(text.text == "got 7")
      #expect(text[header: "content-type"] == "text/plain; charset=utf-8")
      let bare = try await stage.post("bare")
      #expect(bare.status == 202)
      #expect(bare.json["executionId"]?.stringValue == bare.executionID)
      let empty = try await stage.post("empty")
      #expect(empty.status == 204)
      #expect(empty.body.isEmpty)
      #expect(empty[header: "content-length"] == nil)
      #expect(empty.executionID != nil)
    }
  }

  @Test("a list repeats a header of the trigger's response, null leaves it out")
  func repeatedHeaders() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let answer = try await stage.post("lists", #"{"list":["x",2,null]}"#)
      #expect(answer.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value) == ["a=1", "b=2"])
      #expect(answer.headers.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["x", "2"])
      #expect(answer[header: "x-none"] == nil)
    }
  }

  @Test("what a caller sends cannot end a header")
  func injection() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let answer = try await stage.post("inject", "{\"name\":\"a\\r\\nSet-Cookie: b\\u0000\"}")
      #expect(answer.status == 200)
      #expect(answer[header: "set-cookie"] == nil)
      #expect(answer[header: "x-name"]?.contains("Set-Cookie: b") == true)
    }
  }

  @Test(
    "X-Request-Id is kept when it is harmless, else made",
    arguments: [
      ("abc-123", true), (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
      ("with space", false), ("quo\"te", false), ("back\\slash", false), ("", false),
    ])
  func requestID(given: String, isKept: Bool) async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let answer = try await stage.post("echo", headers: [("X-Request-Id", given)])
      #expect((answer[header: "x-request-id"] == given) == isKept)
      #expect(answer[header: "x-request-id"]?.isEmpty == false)
    }
  }

  @Test("repeated headers are joined, cookies in their own way")
  func headers() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      let sent = [("X-A", "1"), ("x-a", "2"), ("Cookie", "a=1"), ("cookie", "b=2")]
      _ = try await stage.post("echo", headers: sent.map { (name: $0.0, value: $0.1) })
      let headers = try await stage.stored().headers
      #expect(headers["x-a"]?.stringValue == "1, 2")
      #expect(headers["cookie"]?.stringValue == "a=1; b=2")
    }
  }
}
