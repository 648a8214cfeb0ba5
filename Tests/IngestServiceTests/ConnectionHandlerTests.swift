// The rules of a connection: order, limits, times and ends.

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import IngestService

@Suite("A connection")
struct ConnectionHandlerTests {
  @Test("pipelined requests are answered in their order, whatever takes long")
  func pipelining() throws {
    let stage = try HandlerStage()
    try stage.write(
      RawRequest.post("/slow", "a") + RawRequest.get("/now") + RawRequest.post("/echo", "b") + RawRequest.get("/later")
        + RawRequest.get("/now"))
    #expect(try stage.bodies() == [])
    stage.router.succeed("first")
    #expect(try stage.bodies() == ["first", "now", "b"])
    stage.router.succeed("second")
    #expect(try stage.bodies() == ["second", "now"])
    #expect(stage.budget.inUse == 0)
    #expect(stage.channel.isActive)
  }

  @Test("thousands of pipelined requests behind a slow one need no stack")
  func deepPipeline() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get("/later") + String(repeating: RawRequest.get("/now"), count: 5000))
    stage.router.succeed("first")
    #expect(try stage.bodies().count == 5001)
  }

  @Test("a client that does not read its answers is not read any further")
  func backpressure() throws {
    let stage = try HandlerStage()
    stage.channel.isWritable = false
    try stage.write(RawRequest.get("/now"))
    try stage.write(RawRequest.post("/echo", "b"))
    #expect(try stage.bodies() == [])
    stage.channel.isWritable = true
    stage.channel.pipeline.fireChannelWritabilityChanged()
    #expect(try stage.bodies() == ["now", "b"])
  }

  @Test("a body may come in pieces and in chunks")
  func bodies() throws {
    let stage = try HandlerStage()
    let text = RawRequest.post("/echo", "1234567890")
    for character in text { try stage.write(String(character)) }
    #expect(try stage.bodies() == ["1234567890"])
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
    #expect(stage.budget.inUse == 3)
    try stage.write("2\r\nde\r\n0\r\nx: trailer\r\n\r\n")
    #expect(try stage.bodies() == ["abcde"])
    #expect(stage.budget.inUse == 0)
  }

  @Test(
    "a body beyond the limit is 413, by its declared length and while it streams",
    arguments: [
      "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n\r\n",
      "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n",
    ])
  func tooLarge(text: String) throws {
    let stage = try HandlerStage()
    try stage.write(text)
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.contains("connection: close"))
    try stage.write(String(repeating: "more", count: 100))
    #expect(try stage.answers() == "")
    #expect(stage.budget.inUse == 0)
    #expect(stage.halfClose.isOutputClosed)
    #expect(stage.channel.isActive)  // for the client to read its answer
    stage.pass(10)
    #expect(!stage.channel.isActive)
  }

  @Test("a client that never ends sending is cut off after a while")
  func endlessSender() throws {
    let stage = try HandlerStage()
    try stage.write(
      "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nff\r\n" + String(repeating: "x", count: 255))
    #expect(try stage.answers().hasPrefix("HTTP/1.1 413 "))
    var seconds = 0
    while stage.channel.isActive, seconds < 100 {
      try stage.write("\r\n1\r\nx")
      stage.pass(1)
      seconds += 1
    }
    #expect((20...40).contains(seconds))
  }

  @Test("bodies beyond what the process may hold are 503")
  func overBudget() throws {
    let stage = try HandlerStage()
    #expect(stage.budget.reserve(95))
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345")
    try stage.write("67890")
    #expect(try stage.answers().hasPrefix("HTTP/1.1 503 "))
    #expect(stage.budget.inUse == 95)
  }

  @Test(
    "heads beyond the limits are 431",
    arguments: [
      String(repeating: "a: b\r\n", count: 101), "a: " + String(repeating: "x", count: 33_000) + "\r\n",
      "a: " + String(repeating: "x", count: 200_000) + "\r\n",
    ])
  func largeHeads(headers: String) throws {
    let stage = try HandlerStage()
    try? stage.write(RawRequest.get("/now", headers: headers))
    #expect(try stage.answers().hasPrefix("HTTP/1.1 431 "))
    stage.pass(10)
    #expect(!stage.channel.isActive)
  }

  @Test(
    "what is no HTTP is 400, once",
    arguments: [
      "hello\r\n\r\n", "GET /now HTTP/1.1\r\nhost: a\r\nno colon\r\n\r\n", "\u{16}\u{3}\u{1}",
      "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ])
  func malformed(text: String) throws {
    let stage = try HandlerStage()
    try? stage.write(text)
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(answer.dropFirst(8).firstRange(of: "HTTP/1.1 400") == nil)
    try? stage.write(RawRequest.get("/now"))
    #expect(try stage.answers() == "")
    #expect(stage.budget.inUse == 0)
  }

  @Test("nonsense behind a request in work does not cost the answer")
  func nonsenseBehind() throws {
    let stage = try HandlerStage()
    try? stage.write(RawRequest.post("/slow", "a") + "nonsense\r\n\r\n")
    #expect(stage.channel.isActive)
    stage.router.succeed("first")
    let answer = try stage.answers()
    #expect(answer.contains("[first]"))
    #expect(answer.contains("connection: close"))
  }

  @Test(
    "what came before nonsense is answered, and then the nonsense",
    arguments: ["nonsense\r\n\r\n", "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"])
  func answersBefore(nonsense: String) throws {
    let stage = try HandlerStage()
    try? stage.write(
      RawRequest.post("/slow", "a") + RawRequest.post("/echo", "b") + RawRequest.get("/later") + nonsense)
    try? stage.write("more")
    stage.router.succeed("first")
    #expect(try stage.bodies() == ["first", "b"])
    stage.router.succeed("second")
    let answer = try stage.answers()
    #expect(answer.contains("[second]"))
    #expect(answer.firstRange(of: "HTTP/1.1 400 ") != nil)
    #expect(answer.contains("connection: close"))
    #expect(stage.budget.inUse == 0)
    #expect(stage.halfClose.isOutputClosed)
  }

  @Test(
    "a client that ends in the middle of a request gets the answers to those before it",
    arguments: ["GET /", "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab"])
  func endInTheMiddle(rest: String) throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.post("/slow", "a") + RawRequest.get("/now") + rest)
    stage.fire(ChannelEvent.inputClosed)
    #expect(stage.channel.isActive)
    stage.router.succeed("first")
    #expect(try stage.bodies() == ["first", "now"])
    #expect(!stage.channel.isActive)
    #expect(stage.budget.inUse == 0)
  }

  @Test(
    "what the parser says of nonsense is told",
    arguments: [
      ("FOO /now HTTP/1.1\r\n\r\n", "HTTP method"), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"),
      ("GET /now HTTP/3.0\r\n\r\n", "does not end in"), ("GET /n\u{1}w HTTP/1.1\r\n\r\n", "percent-encoded"),
      ("GET /now HTTP/1.1\r\na b: c\r\n\r\n", "header field"),
      ("GET /now HTTP/1.1\r\na: b\u{0}\r\n\r\n", "header field"),
      ("POST /now HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", "beside a Content-Length"),
      ("GET /now HTTP/1.1\n\n", "CR LF"),
      ("POST /now HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n", "beside a Transfer-Encoding"),
      ("POST /now HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n", "more than one Content-Length"),
      ("POST /now HTTP/1.1\r\ncontent-length: a\r\n\r\n", "Content-Length is no number"),
    ])
  func explanations(text: String, detail: String) throws {
    let stage = try HandlerStage()
    try? stage.write(text)
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(answer.contains(detail))
  }

  @Test("bytes that make no request do not keep a connection", arguments: [("\r\n", "\r\n"), ("GET /", "a")])
  func trickle(first: String, next: String) throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get("/now") + first)
    var seconds = 0
    while stage.channel.isActive, seconds < 200 {
      try stage.write(next)
      stage.pass(20)
      seconds += 20
    }
    #expect(seconds == 80)
  }

  @Test("after a long answer the time of a connection begins anew")
  func timeAfterAnswer() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.post("/slow", "a"))
    stage.pass(200)
    stage.router.succeed("done")
    stage.pass(70)
    #expect(stage.channel.isActive)
    stage.pass(10)
    #expect(!stage.channel.isActive)

    let pipelined = try HandlerStage()
    try pipelined.write(RawRequest.post("/slow", "a") + "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nb")
    pipelined.pass(200)
    pipelined.router.succeed("done")
    pipelined.pass(20)
    try pipelined.write("c")
    #expect(try pipelined.bodies() == ["done", "bc"])
  }

  @Test("an idle connection is closed, one with a request in work is not")
  func idle() throws {
    let idle = try HandlerStage()
    idle.pass(60)
    #expect(idle.channel.isActive)
    idle.pass(20)
    #expect(!idle.channel.isActive)

    let busy = try HandlerStage()
    try busy.write(RawRequest.post("/slow", "a"))
    busy.pass(600)
    #expect(busy.channel.isActive)
    busy.router.succeed("done")
    #expect(try busy.bodies() == ["done"])
  }

  @Test("a body that does not come on is 408, one that does is waited for")
  func slowBody() throws {
    let stage = try HandlerStage()
    try stage.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\na")
    stage.pass(25)
    try stage.write("b")
    stage.pass(25)
    #expect(stage.budget.inUse == 2)
    #expect(try stage.answers() == "")
    stage.pass(10)
    #expect(try stage.answers().hasPrefix("HTTP/1.1 408 "))
    #expect(stage.budget.inUse == 0)
    stage.pass(10)
    #expect(!stage.channel.isActive)
  }

  @Test("a stop closes an idle connection and lets a busy one answer first")
  func quiescing() throws {
    let idle = try HandlerStage()
    idle.fire(QuiesceEvent())
    #expect(!idle.channel.isActive)
    #expect(idle.connections.count == 0)

    let busy = try HandlerStage()
    try busy.write(RawRequest.post("/slow", "a"))
    busy.fire(QuiesceEvent())
    #expect(busy.channel.isActive)
    busy.router.succeed("done")
    #expect(try busy.answers().contains("connection: close"))
    busy.pass(10)
    #expect(!busy.channel.isActive)
    #expect(busy.connections.count == 0)
  }

  @Test("a client that has said all still gets its answers, the pipelined ones too")
  func halfClosed() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.post("/slow", "a") + RawRequest.get("/now"))
    stage.fire(ChannelEvent.inputClosed)
    #expect(stage.channel.isActive)
    stage.router.succeed("first")
    #expect(try stage.bodies() == ["first", "now"])
    #expect(!stage.channel.isActive)
    #expect(stage.budget.inUse == 0)
  }

  @Test("a connection that is lost gives its bytes back, and its answer goes nowhere")
  func lost() throws {
    let reading = try HandlerStage()
    try reading.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\na")
    #expect(reading.budget.inUse == 1)
    _ = try reading.channel.finish(acceptAlreadyClosed: true)
    #expect(reading.budget.inUse == 0)

    let responding = try HandlerStage()
    try responding.write(RawRequest.post("/slow", "abc"))
    #expect(responding.budget.inUse == 3)
    _ = try responding.channel.finish(acceptAlreadyClosed: true)
    responding.router.succeed("late")
    #expect(responding.budget.inUse == 0)
    #expect(responding.connections.count == 0)
  }

  @Test("a route that waits hears when its client is gone, and not once it has answered")
  func gone() throws {
    let waiting = try HandlerStage()
    try waiting.write(RawRequest.post("/slow", "a"))
    #expect(waiting.router.goneCount == 0)
    _ = try waiting.channel.finish(acceptAlreadyClosed: true)
    #expect(waiting.router.goneCount == 1)
    waiting.router.succeed("late")

    let answered = try HandlerStage()
    try answered.write(RawRequest.post("/slow", "a"))
    answered.router.succeed("in time")
    _ = try answered.channel.finish(acceptAlreadyClosed: true)
    #expect(answered.router.goneCount == 0)
  }

  @Test("an error that nobody foresaw is 500, and the connection goes on")
  func unforeseen() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get("/fails") + RawRequest.get("/now"))
    let answer = try stage.answers()
    #expect(answer.hasPrefix("HTTP/1.1 500 "))
    #expect(answer.contains("[now]"))
  }

  @Test("a request answered by its head alone is not waited for; what follows a small body is read")
  func headAlone() throws {
    let stage = try HandlerStage()
    try stage.write(RawRequest.get("/now") + RawRequest.post("/now"))
    #expect(try stage.bodies() == ["now", "now"])
    try stage.write("POST /now HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
    #expect(try !stage.answers().contains("connection: close"))
    try stage.write("abcde" + RawRequest.get("/now"))
    #expect(try stage.bodies() == ["now"])
  }

  @Test(
    "a body that is large, of unknown length or may not come takes the connection along",
    arguments: ["content-length: 65537", "transfer-encoding: chunked", "content-length: 5\r\nexpect: 100-continue"])
  func headAloneBeforeUnwanted(_ headers: String) throws {
    let stage = try HandlerStage()
    try stage.write("POST /now HTTP/1.1\r\nhost: a\r\n\(headers)\r\n\r\n")
    #expect(try stage.answers().contains("connection: close"))
    try stage.write(RawRequest.get("/now"))
    #expect(try stage.answers() == "")
  }
}
