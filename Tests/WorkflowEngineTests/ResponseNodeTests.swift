// `response`: what a waiting caller gets, early or at the end, and once.

import JSONCodec
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("The response node")
struct ResponseNodeTests {
  private static func text(_ reply: Reply?) -> String { String(decoding: reply?.body ?? [], as: UTF8.self) }

  @Test(
    "answers a string as text, anything else as JSON, nothing with nothing",
    arguments: [
      ("body: plain", "plain", "text/plain; charset=utf-8"),
      ("body: {b: 1, a: [2]}", #"{"b":1,"a":[2]}"#, "application/json"),
      (#"body: "{{$context.data.id}}""#, "12345678901234567890", "application/json"),
      (#"body: "{{$context.data.missing}}""#, "null", "application/json"),
      (#"body: <p/>, headers: {content-type: text/html}"#, "<p/>", "text/html"), ("status: 201", "", nil),
    ])
  func body(settings: String, body: String, contentType: String?) async throws {
    var trial = Trial("- {key: r, type: response, \(settings)}\n- {key: after, type: output, value: reached}")
    trial.body = #"{"id":12345678901234567890}"#
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.output == nil, "it ends the execution")
    #expect(Self.text(report.reply) == body)
    #expect(report.reply?.headers.first { $0.name.lowercased() == "content-type" }?.value == contentType)
  }

  @Test("takes status and headers from templates")
  func templates() async throws {
    var trial = Trial(
      #"- {key: r, type: response, status: "{{$context.data.code}}", headers: {x-shop: "{{$context.params.shop}}", set-cookie: [a=1, b=2], x-none: "{{$context.data.none}}"}}"#
    )
    trial.body = #"{"code":404}"#
    let reply = try await trial.run().reply
    #expect(reply?.status == 404)
    #expect(reply?.headers.map { "\($0.name): \($0.value)" } == ["x-shop: 7", "set-cookie: a=1", "set-cookie: b=2"])
  }

  @Test("a status outside 200 to 599 is an error", arguments: ["101", "600", #""abc""#, "null", "2.5"])
  func badStatus(value: String) async throws {
    var trial = Trial(#"- {key: r, type: response, status: "{{$context.data.code}}"}"#)
    trial.body = "{\"code\":\(value)}"
    #expect(try await trial.run().summary.hasPrefix("error: node r: status must be a whole number from 200 to 599"))
  }

  @Test("a line break in a header is an error that names the header")
  func lineBreak() async throws {
    var trial = Trial(#"- {key: r, type: response, headers: {location: "{{$context.data.url}}"}}"#)
    trial.body = #"{"url":"/\r\nset-cookie: a=b"}"#
    let report = try await trial.run()
    #expect(
      report.summary == "error: node r: the value of header location contains a line break or another control character"
    )
    #expect(report.reply == nil)
  }

  @Test("with end: false answers at once and goes on")
  func early() async throws {
    let trial = Trial(
      """
      - {key: r, type: response, status: 202, body: accepted, end: false}
      - {key: out, type: output, value: reached}
      - {key: last, type: response, body: nobody hears this}
      """)
    let report = try await trial.run()
    #expect(trial.journal.replies.map(\.status) == [202])
    #expect(trial.journal.checkpoints == [["r"]])
    #expect(report.output == "reached")
    #expect(report.reply == nil)
  }

  @Test("an early reply is given once, also over a restart")
  func earlyOnce() async throws {
    var trial = Trial("- {key: r, type: response, end: false}\n- {key: out, type: output, value: 1}")
    trial.journal = MemoryJournal(.before(1))
    #expect(try await trial.run().summary == "abandoned")
    #expect(trial.journal.replies.count == 1)
    trial.replied = true
    trial.journal = MemoryJournal()
    #expect(try await trial.run().summary == "succeeded")
    #expect(trial.journal.replies.isEmpty)
  }

  @Test("when the journal refuses the reply the run is abandoned")
  func refused() async throws {
    var trial = Trial("- {key: r, type: response, end: false}")
    trial.journal = MemoryJournal(.atReply)
    #expect(try await trial.run().summary == "abandoned")
  }

  @Test("is refused in an asynchronous workflow, with a hint")
  func asynchronous() {
    let problems = Trial.problems("- {key: r, type: response}", mode: "async")
    #expect(problems.contains("mode: sync"))
  }

  @Test("a status that is written down is checked when the workflow is loaded")
  func literalStatus() {
    #expect(Trial.problems("- {key: r, type: response, status: 99}").contains("from 200 to 599"))
  }

  @Test("a reply survives its encoding", arguments: [[], Array("{\"a\":1}".utf8), [0, 255, 13, 10]])
  func encoding(body: [UInt8]) throws {
    let reply = Reply(status: 201, headers: [("X-A", "ä"), ("Set-Cookie", "a"), ("Set-Cookie", "b")], body: body)
    let decoded = try Reply(decoding: reply.encoded())
    #expect(decoded.status == 201)
    #expect(decoded.headers.map { "\($0.name)=\($0.value)" } == ["X-A=ä", "Set-Cookie=a", "Set-Cookie=b"])
    #expect(decoded.body == body)
  }

  @Test(
    "damaged bytes are no reply", arguments: [[], [2], [1, 0, 0], [1, 0, 0, 0, 9, 123], [1, 0, 0, 0, 2, 123, 125]])
  func damaged(bytes: [UInt8]) {
    #expect(throws: ReplyError.self) { try Reply(decoding: bytes) }
  }
}
