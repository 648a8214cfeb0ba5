// HTTP/1.1 as senders really speak it: pipelined, chunked, slow, asking before they send.

import TestSupport
import Testing

extension SystemTests {
  @Suite("HTTP connections", .system { _ in ["accept": Workflows.accept, "echo": Workflows.echo] })
  struct ConnectionTests {
    private func open() async throws -> SystemConnection {
      try await SystemConnection.open(port: SystemStage.current().system.port)
    }

    private func chunk(_ text: String, extensions: String = "") -> String {
      "\(String(text.utf8.count, radix: 16))\(extensions)\r\n\(text)\r\n"
    }

    @Test("a hundred pipelined requests on one connection are answered in order")
    func pipelined() async throws {
      let connection = try await open()
      var bytes: [UInt8] = []
      var answers: [SystemConnection.PendingAnswer] = []
      for number in 0..<100 {
        let isUnknown = number % 10 == 9
        answers.append(connection.expect(method: isUnknown ? "GET" : "POST"))
        bytes += (isUnknown ? .get("/nobody") : SystemRequest.webhook("echo", #"{"token":"\#(number)"}"#)).wire
      }
      connection.write(bytes)
      for (number, answer) in answers.enumerated() {
        let answer = try await answer.value()
        if number % 10 == 9 {
          #expect(answer.status == 404)
        } else {
          #expect(answer.text == #"{"token":"\#(number)"}"#)
        }
      }
    }

    @Test("one connection is kept through many requests")
    func keptAlive() async throws {
      let connection = try await open()
      var ids: Set<String> = []
      for number in 0..<200 {
        let answer = try await connection.send(.webhook("accept", #"{"n":\#(number)}"#))
        #expect(answer.status == 200)
        ids.insert(answer.executionID ?? "")
      }
      #expect(ids.count == 200)
      #expect(connection.isOpen)
    }

    @Test("a chunked body, with extensions and trailers, is one body")
    func chunked() async throws {
      let connection = try await open()
      let head = "POST /api/webhooks/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      let answer = connection.expect()
      connection.write(
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(#"{"tok"#) + chunk(#"en":"#, extensions: ";a=b")
          + chunk(#""in pieces"}"#) + "0\r\nX-Trailer: t\r\n\r\n")
      #expect(try await answer.value().text == #"{"token":"in pieces"}"#)
      let next = try await connection.send(.webhook("echo", #"{"token":"next"}"#))
      #expect(next.text == #"{"token":"next"}"#)
    }

    @Test("Expect: 100-continue is answered before the body is sent")
    func expectContinue() async throws {
      let connection = try await open()
      let body = #"{"token":"patient"}"#
      let answer = connection.expect()
      connection.write(
        "POST /api/webhooks/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
      try await eventually("100 Continue") { connection.interimCount == 1 }
      connection.write(body)
      let final = try await answer.value()
      #expect(final.interim == [100])
      #expect(final.text == #"{"token":"patient"}"#)
    }

    @Test("Expect: 100-continue for a webhook that is refused gets the refusal and no 100")
    func expectRefused() async throws {
      let connection = try await open()
      let answer = connection.expect()
      connection.write(
        "POST /api/webhooks/nobody HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
      let final = try await answer.value()
      #expect(final.status == 404)
      #expect(final.interim == [])
    }

    @Test("a body that comes byte by byte is read to its end")
    func slow() async throws {
      let connection = try await open()
      let body = #"{"token":"a slow sender's body"}"#
      let answer = connection.expect()
      connection.write(
        "POST /api/webhooks/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n")
      for byte in body.utf8 {
        connection.write([byte])
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(try await answer.value().text == body)
    }

    @Test("HTTP/1.0 and Connection: close end the connection after the answer")
    func closing() async throws {
      for line in ["HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n"] {
        let connection = try await open()
        let body = #"{"token":"last"}"#
        let answer = connection.expect()
        connection.write(
          "POST /api/webhooks/echo \(line)Host: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(try await answer.value().text == body)
        try await connection.waitForClose()
      }
    }
  }
}
