// What a sender does wrong gets its status and a problem document, and the next webhook is none the worse for it.

import JSONCodec
import TestSupport
import Testing

extension SystemTests {
  @Suite("Wrong input", .system { _ in ["accept": Workflows.accept, "echo": Workflows.echo] })
  struct WrongInputTests {
    private static let path = "/api/webhooks/accept"

    private func expectProblem(_ answer: SystemAnswer, _ status: Int) throws {
      #expect(answer.status == status)
      #expect(answer[header: "Content-Type"] == "application/problem+json")
      #expect(answer[header: "X-Request-Id"] != nil)
      let document = try JSON.parse(answer.body)
      #expect(document["status"]?.intValue == Int64(status))
      for member in ["type", "title", "detail", "requestId"] { #expect(document[member]?.stringValue != nil) }
    }

    private func expectHealth() async throws {
      let answer = try await SystemStage.current().system.send("echo", #"{"token":"after"}"#)
      #expect(answer.status == 200)
      #expect(answer.text == #"{"token":"after"}"#)
    }

    @Test("a body of 50 MB with its length declared is a 413 before it is read")
    func declaredLength() async throws {
      let connection = try await SystemConnection.open(port: SystemStage.current().system.port)
      let answer = connection.expect()
      connection.write("POST \(Self.path) HTTP/1.1\r\nHost: x\r\nContent-Length: 52428800\r\n\r\n")
      try expectProblem(try await answer.value(), 413)
      try await expectHealth()
    }

    @Test("a body of 50 MB without a length is a 413 while it streams")
    func streamedBody() async throws {
      let port = try SystemStage.current().system.port
      try await withThrowingTaskGroup(of: SystemAnswer.self) { group in
        for _ in 0..<3 {
          group.addTask {
            let connection = try await SystemConnection.open(port: port)
            let answer = connection.expect()
            connection.write("POST \(Self.path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + Array("\r\n".utf8)
            for _ in 0..<800 where connection.isOpen { connection.write(piece) }
            return try await answer.value()
          }
        }
        for try await answer in group { try expectProblem(answer, 413) }
      }
      try await expectHealth()
    }

    enum MalformedBody: String, CaseIterable {
      case truncated, misspelled, notUTF8, controlCharacter, endlessNesting

      var bytes: [UInt8] {
        switch self {
        case .truncated: Array(#"{"a": [1, 2"#.utf8)
        case .misspelled: Array(#"{"a": tru}"#.utf8)
        case .notUTF8: Array(#"{"a": ""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)
        case .controlCharacter: Array("{\"a\": \"\u{1}\"}".utf8)
        case .endlessNesting: Array(repeating: UInt8(ascii: "["), count: 100_000)
        }
      }
    }

    @Test("a body that is no JSON or no UTF-8 is a 400", arguments: MalformedBody.allCases)
    func malformedBody(_ body: MalformedBody) async throws {
      let request = SystemRequest(
        "POST", Self.path, headers: [(name: "Content-Type", value: "application/json")], body: body.bytes)
      try expectProblem(try await SystemConnection.send(request, port: SystemStage.current().system.port), 400)
      try await expectHealth()
    }

    @Test("an unknown key or path is a 404", arguments: ["/api/webhooks/nobody", "/nothing/here", "/api/webhooks/"])
    func unknown(_ path: String) async throws {
      let port = try SystemStage.current().system.port
      try expectProblem(try await SystemConnection.send(SystemRequest("POST", path), port: port), 404)
    }

    @Test("a wrong method is a 405 with Allow", arguments: ["GET", "PUT", "DELETE", "PATCH"])
    func wrongMethod(_ method: String) async throws {
      let port = try SystemStage.current().system.port
      let answer = try await SystemConnection.send(SystemRequest(method, Self.path), port: port)
      try expectProblem(answer, 405)
      #expect(answer[header: "Allow"] == "POST")
    }

    @Test(
      "what is no HTTP is a 400, and the connection ends",
      arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n", "POST / HTTP/9.9\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      ])
    func malformedHTTP(_ text: String) async throws {
      let connection = try await SystemConnection.open(port: SystemStage.current().system.port)
      let answer = connection.expect()
      connection.write(text)
      try expectProblem(try await answer.value(), 400)
      try await connection.waitForClose()
      try await expectHealth()
    }

    @Test("a broken chunk in the middle of a body ends the connection, and nothing is queued")
    func brokenChunk() async throws {
      let stage = try SystemStage.current()
      let before = try await stage.system.ingests[0].metric("millrace_ingest_admitted_total")
      let connection = try await SystemConnection.open(port: stage.system.port)
      connection.write(
        "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nzz\r\n1}\r\n")
      try await connection.waitForClose()
      #expect(try await stage.system.ingests[0].metric("millrace_ingest_admitted_total") == before)
    }
  }
}
