// What HTTP asks of a connection: heads, hosts, codings, targets, versions (RFC 9112).

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import IngestService

@Suite("A connection's protocol")
struct ConnectionProtocolTests {
  @Test("100 Continue is said when the body is wanted, and not when it is too large")
  func expectation() throws {
    let stage = try HandlerStage()
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\n")
    #expect(try stage.answers() == "HTTP/1.1 100 Continue\r\n\r\n")
    try stage.write("ab")
    #expect(try stage.bodies() == ["ab"])
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 99\r\n\r\n")
    #expect(try stage.answers().hasPrefix("HTTP/1.1 413 "))
  }

  @Test("a target beyond the limit is refused")
  func largeTarget() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get("/" + String(repeating: "x", count: 9000)))
    #expect(try stage.answers().hasPrefix("HTTP/1.1 431 "))
  }

  @Test("a small part of a body does not keep what came with it in memory")
  func smallParts() throws {
    let stage = try HandlerStage()
    var bytes = ByteBuffer()
    bytes.reserveCapacity(60_000)
    bytes.writeString("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\na")
    try stage.channel.writeInbound(bytes)
    let handler = try stage.channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
    guard case .reading(let reading) = handler.state else {
      Issue.record("nothing is being read")
      return
    }
    #expect(reading.body.storageCapacity < 1000)
    try stage.write("b")
    #expect(try stage.bodies() == ["ab"])
  }

  @Test(
    "a request that ends its connection, or offers another protocol, is the last one",
    arguments: [
      "connection: close\r\n", "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n",
    ])
  func lastRequest(headers: String) throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.post("/echo", "a", headers: headers))
    let answer = try stage.answers()
    #expect(answer.contains("[a]"))
    #expect(answer.contains("connection: close"))
  }

  @Test("HTTP/1.0 closes unless asked to stay, and is told which")
  func oldProtocol() throws {
    let closing = try HandlerStage()
    try closing.write("GET /now HTTP/1.0\r\n\r\n")
    #expect(try closing.answers().contains("connection: close"))

    let staying = try HandlerStage()
    for _ in 0..<2 {
      try staying.write("GET /now HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
      #expect(try staying.answers().contains("connection: keep-alive"))
    }
    try staying.write(RawRequest.get("/now"))
    #expect(try !staying.answers().contains("connection:"))
  }

  @Test(
    "one Host is needed, which only HTTP/1.0 may lack",
    arguments: [
      ("GET /now HTTP/1.1\r\n\r\n", "no Host header"),
      ("GET /now HTTP/1.1\r\nhost: a\r\nHost: a\r\n\r\n", "2 Host headers"),
      ("GET /now HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n", "2 Host headers"),
    ])
  func hosts(text: String, detail: String) throws {
    let stage = try HandlerStage()
    try stage.write(text)
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(answer.contains(detail))
    #expect(answer.contains("connection: close"))
  }

  @Test("HTTP/1.0 knows no transfer coding, and the connection ends")
  func oldChunks() throws {
    let stage = try HandlerStage()
    try? stage.write(
      "POST /echo HTTP/1.0\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(answer.contains("connection: close"))
  }

  @Test(
    "a transfer coding besides chunked is 501, and the connection ends",
    arguments: [
      "transfer-encoding: gzip, chunked",
      "transfer-encoding: gzip\r\ntransfer-encoding: chunked",
    ])
  func transferCodings(header: String) throws {
    let stage = try HandlerStage()
    try? stage.write("POST /echo HTTP/1.1\r\nhost: a\r\n\(header)\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 501 "))
    #expect(answer.contains("connection: close"))
  }

  @Test(
    "a target with scheme and host is one without",
    arguments: ["http://x/now", "HTTP://x.example:80/now?a=1", "https://x/now"])
  func absoluteTarget(target: String) throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get(target))
    #expect(try stage.bodies() == ["now"])
  }

  @Test(
    "a length is what its digits say, however many they are and with blanks behind them",
    arguments: ["11 ", "11  ", "9223372036854775808", "18446744073709551615"])
  func lengths(length: String) throws {
    let stage = try HandlerStage()
    try? stage.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: \(length)\r\n\r\n")
    #expect(try stage.answers().hasPrefix("HTTP/1.1 413 "))
  }

  @Test("blanks behind a value are no part of it")
  func trailingBlanks() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.post("/echo", "a", headers: "x-request-id: abc \t\r\n"))
    #expect(try stage.answers().contains("x-request-id: abc\r\n"))
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue \r\ncontent-length: 1 \r\n\r\n")
    #expect(try stage.answers() == "HTTP/1.1 100 Continue\r\n\r\n")
    try stage.write("b" + RawRequest.get("/now", headers: "connection: close \r\n"))
    #expect(try stage.answers().contains("connection: close"))
  }
}
