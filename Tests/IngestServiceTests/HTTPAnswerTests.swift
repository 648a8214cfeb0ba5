// The bytes of an answer.

import NIOCore
import Testing

@testable import IngestService

@Suite("An answer on the wire")
struct HTTPAnswerTests {
  private func text(
    _ answer: HTTPAnswer, connection: HTTPAnswer.ConnectionField = .none, withBody: Bool = true
  ) -> String {
    var output = ByteBuffer()
    answer.write(to: &output, requestID: "rid", date: "today", connection: connection, withBody: withBody)
    return String(buffer: output)
  }

  @Test("has the fields of this server, whatever the workflow sets")
  func reserved() {
    let answer = HTTPAnswer(
      status: 200,
      headers: [
        ("Content-Length", "99"), ("CONNECTION", "upgrade"), ("Transfer-Encoding", "chunked"), ("Keep-Alive", "1"),
        ("Upgrade", "h2c"), ("Date", "never"), ("X-Request-Id", "own"), ("Millrace-Execution-Id", "own"),
        ("X-Own", "kept"),
      ], body: ByteBuffer(string: "body"), executionID: "id")
    #expect(
      text(answer)
        == "HTTP/1.1 200 OK\r\ndate: today\r\nX-Own: kept\r\nmillrace-execution-id: id\r\nx-request-id: rid\r\n"
        + "content-length: 4\r\n\r\nbody")
  }

  @Test("has no body and no length at 204 and 304", arguments: [204, 304])
  func bodiless(status: Int) {
    let text = text(HTTPAnswer(status: status, body: ByteBuffer(string: "body")))
    #expect(text.hasSuffix("x-request-id: rid\r\n\r\n"))
    #expect(!text.contains("content-length"))
  }

  @Test("to HEAD has the length and no body")
  func head() {
    let text = text(HTTPAnswer(status: 200, body: ByteBuffer(string: "body")), withBody: false)
    #expect(text.hasSuffix("content-length: 4\r\n\r\n"))
  }

  @Test("says when it is the last one")
  func closing() {
    #expect(text(HTTPAnswer(status: 599), connection: .close).hasPrefix("HTTP/1.1 599 Status\r\n"))
    #expect(text(HTTPAnswer(status: 200), connection: .close).contains("\r\nconnection: close\r\n"))
    #expect(text(HTTPAnswer(status: 200), connection: .keepAlive).contains("\r\nconnection: keep-alive\r\n"))
  }

  @Test(
    "has the reason of its status",
    arguments: [
      "203 Non-Authoritative Information", "205 Reset Content", "206 Partial Content", "402 Payment Required",
    ])
  func reason(line: String) throws {
    let status = try #require(Int(line.prefix(3)))
    #expect(text(HTTPAnswer(status: status)).hasPrefix("HTTP/1.1 \(line)\r\n"))
  }

  @Test(
    "dates are those of RFC 9110",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    ])
  func date(second: Int, text: String) {
    #expect(DateHeader.format(second) == text)
  }
}
