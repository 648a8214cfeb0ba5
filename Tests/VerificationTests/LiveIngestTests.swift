// Every provider through a running ingest: its webhook gets in, the same without its signature does not, and its
// questions are answered to the byte.

import Foundation
import JSONCodec
import TestSupport
import Testing

@testable import Verification

@Suite("Providers at a running ingest")
struct LiveIngestTests {
  private static func workflow(_ settings: JSON, method: String) -> String {
    let trigger: JSON = [
      "type": "webhook", "methods": [.string(method == "HEAD" ? "POST" : method)], "verify": [settings],
      "deduplicate": false,
    ]
    return JSON.object(["trigger": trigger, "nodes": []]).text
  }

  private static func wire(_ request: OutgoingRequest) -> SystemRequest {
    var request = request
    if (try? JSON.parse(request.body)) == nil {
      let isXML = request.body.first == UInt8(ascii: "<")
      request.headers.set("content-type", isXML ? "text/xml" : "application/x-www-form-urlencoded")
    }
    return SystemRequest(
      request.method, request.query.isEmpty ? request.path : "\(request.path)?\(request.query)",
      headers: request.headers.fields.map { ($0.name, $0.value) }, body: request.body)
  }

  private static func withSystem(_ body: (SystemUnderTest) async throws -> Void) async throws {
    let system = try await SystemUnderTest.start(settings: ["MILLRACE_PUBLIC_URL": ProviderCase.publicURL])
    defer { system.stop() }
    try await body(system)
  }

  @Test("a webhook of each provider gets in, and without its signature it does not")
  func webhooks() async throws {
    try await Self.withSystem { system in
      let cases = ProviderCase.all.enumerated().map { (key: "p\($0.offset)", example: $0.element) }
      var workflows: [String: String] = [:]
      for (key, example) in cases {
        workflows[key] = Self.workflow(example.verifying(), method: example.method)
      }
      try await system.apply(workflows)
      for (key, example) in cases {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let request = try example.signed(now: now, path: "/api/webhooks/\(key)")
        let answer = try await SystemConnection.send(Self.wire(request), port: system.port)
        #expect(answer.isSuccess, "\(example.testDescription): \(answer.text)")
        #expect(answer.executionID != nil, "\(example.testDescription)")
        let bare = try request.replacingSignature(at: example.place) { _ in nil }
        let refused = try await SystemConnection.send(Self.wire(bare), port: system.port)
        #expect([401, 403].contains(refused.status), "\(example.testDescription) unsigned: \(refused.text)")
        #expect(refused.executionID == nil)
      }
    }
  }

  @Test("a provider's question is answered to the byte, and starts nothing")
  func questions() async throws {
    try await Self.withSystem { system in
      let questions = HandshakeTests.questions.enumerated().map { (key: "q\($0.offset)", question: $0.element) }
      var workflows: [String: String] = [:]
      for (key, question) in questions { workflows[key] = Self.workflow(question.settings, method: "POST") }
      try await system.apply(workflows)
      for (key, question) in questions {
        let query = question.query.isEmpty ? "" : "?\(question.query)"
        let answer = try await SystemConnection.send(
          SystemRequest(
            question.method, "/api/webhooks/\(key)\(query)", headers: question.headers.map { ($0.0, $0.1) },
            body: Array(question.body.utf8)), port: system.port)
        #expect(answer.status == question.status, "\(question.testDescription): \(answer.text)")
        #expect(answer.text == question.answer, "\(question.testDescription)")
        if let type = question.type { #expect(answer[header: "content-type"] == type) }
        #expect(answer.executionID == nil)
      }
      #expect(try await system.ingests[0].metric("millrace_ingest_admitted_total") == 0)
    }
  }

  @Test(
    "a signed question is answered through ingest as the check answers it",
    arguments: [
      ("slack", #"{"type":"url_verification","challenge":"3eZbrw1aBm2"}"#),
      ("zoom", #"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#),
      ("discord", #"{"type":1}"#),
    ])
  func signedQuestions(_ provider: String, _ body: String) async throws {
    var example = try #require(ProviderCase.all.first { $0.provider == provider && $0.note.isEmpty })
    example.body = body
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let request = try example.signed(now: now, path: "/api/webhooks/asked")
    let reply = try #require(try example.verdict(on: request, at: now).reply)
    let workflow = Self.workflow(example.verifying(), method: example.method)
    try await Self.withSystem { system in
      try await system.apply(["asked": workflow])
      let answer = try await SystemConnection.send(Self.wire(request), port: system.port)
      #expect(answer.status == reply.status)
      #expect(answer.body == reply.body)
      #expect(!reply.body.isEmpty)
      #expect(answer.executionID == nil)
    }
  }
}
