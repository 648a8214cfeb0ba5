// `request` against a real server: what goes over the wire, what comes back, and what is said when it does not.

import Foundation
import JSONCodec
import OutboundHTTP
import Synchronization
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("The request node")
struct RequestNodeTests {
  @Test("what this process is short of is waited for, as long as the node may take", arguments: [2, 1000])
  func shortage(refusals: Int) async throws {
    let left = Mutex(refusals)
    let services = RecordingServices { _ throws(OutboundError) in
      let isShort = left.withLock { left in
        left -= 1
        return left >= 0
      }
      if isShort { throw OutboundError(kind: .lacking, message: "no socket left") }
      return OutboundResponse(status: 200)
    }
    var trial = Trial(
      "- {key: call, type: request, url: \"https://a.example\", timeout: 600ms, onUncertain: fail, retry: {attempts: 2, delay: 1ms}}"
    )
    trial.services = services
    let report = try await trial.run()
    if refusals == 2 {
      #expect(report.summary == "succeeded")
      #expect(services.requests.count == 3)
    } else {
      // Nothing has left, so it may be tried again although it must not be sent twice.
      #expect(report.suspension != nil, "\(report.summary)")
    }
  }

  @Test("is a GET without a body and a POST with one, unless the method is given")
  func methods() async throws {
    #expect(try await HTTPTrial.request(#"url: "URL/a""#).method == "GET")
    #expect(try await HTTPTrial.request(#"url: "URL/a", json: {a: 1}"#).method == "POST")
    #expect(try await HTTPTrial.request(#"url: "URL/a", method: put, json: {a: 1}"#).method == "PUT")
  }

  @Test(
    "sends each kind of body with its content type",
    arguments: [
      ("json: {b: 1, a: '{{$context.data.id}}'}", #"{"b":1,"a":12345678901234567890}"#, "application/json"),
      ("json: null", "null", "application/json"),
      (
        "form: {a: 'x y', b: [1, 2], c: {d: é}, e: null}", "a=x+y&b=1&b=2&c[d]=%C3%A9",
        "application/x-www-form-urlencoded"
      ),
      ("text: 'id {{$context.data.id}}'", "id 12345678901234567890", "text/plain; charset=utf-8"),
      ("bytes: '{{$context.data.file}}'", "hello", "application/octet-stream"),
      ("text: '<a/>', headers: {Content-Type: application/xml}", "<a/>", "application/xml"),
    ])
  func bodies(settings: String, body: String, contentType: String) async throws {
    let request = try await HTTPTrial.request(#"url: "URL/", \#(settings)"#) {
      $0.body = #"{"id":12345678901234567890,"file":"aGVs\nbG8="}"#
    }
    #expect(request.bodyText.replacing("%5B", with: "[").replacing("%5D", with: "]") == body)
    #expect(request.values(of: "content-type") == [contentType])
  }

  @Test("sends multipart fields and files, also those that came in")
  func multipart() async throws {
    let request = try await HTTPTrial.request(
      #"url: "URL/", multipart: {name: "{{$context.data.name}}", tags: [a, b], file: "{{$context.data.file}}", note: {filename: n.txt, contentType: text/x-note, text: hi}, none: null, meta: {k: 1}, o: "{{$context.data.o}}", p: {text: hi}, q: {base64: aGk=}, r: {contentType: a/b, text: hi, k: 1}}"#
    ) {
      $0.body =
        #"{"name":"x","file":{"filename":"a.bin","contentType":"application/x-a","size":5,"base64":"aGVsbG8="},"o":{"text":"Hello","user":5}}"#
    }
    #expect(request[header: "content-type"]?.hasPrefix("multipart/form-data; boundary=") == true)
    let text = request.bodyText
    #expect(text.contains("name=\"name\"\r\n\r\nx\r\n"))
    #expect(text.components(separatedBy: "name=\"tags\"").count == 3)
    #expect(text.contains("name=\"file\"; filename=\"a.bin\"\r\nContent-Type: application/x-a\r\n\r\nhello\r\n"))
    #expect(text.contains("name=\"note\"; filename=\"n.txt\"\r\nContent-Type: text/x-note\r\n\r\nhi\r\n"))
    #expect(text.contains("Content-Type: application/json\r\n\r\n{\"k\":1}\r\n"))
    #expect(!text.contains("none"))
    #expect(text.contains("name=\"o\"\r\nContent-Type: application/json\r\n\r\n{\"text\":\"Hello\",\"user\":5}\r\n"))
    #expect(text.contains("name=\"p\"\r\nContent-Type: application/json\r\n\r\n{\"text\":\"hi\"}\r\n"))
    #expect(text.contains("name=\"q\"\r\n\r\nhi\r\n"))
    #expect(text.contains("{\"contentType\":\"a/b\",\"text\":\"hi\",\"k\":1}\r\n"))
  }

  @Test("forwards a sender's JSON byte for byte: 64-bit integers, key order, white space")
  func exactForward() async throws {
    let body = "{ \"z\": 18446744073709551615,\n\t\"a\" : [1.0, 1e2, -0, \"\\u00e9\\/\"] }"
    let request = try await HTTPTrial.request(#"url: "URL/", json: "{{$context.data}}""#) { $0.body = body }
    #expect(request.bodyText == body)
  }

  @Test(
    "forwards real GitHub deliveries byte for byte",
    .enabled(if: Repository.sharedData("github") != nil, "../shared/data/github is missing"),
    arguments: ["push", "pull_request", "check_run", "workflow_run", "dependabot_alert"])
  func gitHub(event: String) async throws {
    let directory = try #require(Repository.sharedData("github/\(event)"))
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    let payload = try Data(contentsOf: directory.appending(path: try #require(files.first)))
    let request = try await HTTPTrial.request(
      #"url: "URL/", json: "{{$context.data}}", headers: {x-github-event: "{{$context.headers.x-github-event}}"}"#
    ) {
      $0.body = String(decoding: payload, as: UTF8.self)
      $0.headers = ["content-type": "application/json", "x-github-event": .string(event)]
    }
    #expect(Data(request.body) == payload)
    #expect(request[header: "x-github-event"] == event)
  }

  @Test(
    "adds the query to the URL",
    arguments: [
      (#"url: "URL/a", query: {q: "x y&z", t: [1, 2], n: null}"#, "/a?q=x%20y%26z&t=1&t=2"),
      (#"url: "URL/a?b=1#end", query: {c: "ü"}"#, "/a?b=1&c=%C3%BC"),
      (#"url: "URL/a?", query: {c: {d: 1}}"#, "/a?c%5Bd%5D=1"),
      (#"url: "URL/a b/{{$context.query.page}}""#, "/a%20b/2"),
      (#"url: "URL/", query: "{{$context.query}}""#, "/?page=2"),
    ])
  func query(settings: String, uri: String) async throws {
    #expect(try await HTTPTrial.request(settings).uri == uri)
  }

  @Test("sends headers and credentials")
  func headers() async throws {
    let request = try await HTTPTrial.request(
      #"url: "URL/", headers: {X-One: "{{$context.params.shop}}", X-List: "{{$context.data.list}}", X-Two: [1, "{{$context.params.shop}}", null], X-None: "{{$context.data.none}}"}, auth: {bearer: "{{$env.TOKEN}}"}"#
    ) {
      $0.environment = ["TOKEN": "t0ken"]
      $0.body = #"{"list":["a","b"]}"#
    }
    #expect(request[header: "x-one"] == "7")
    #expect(request.values(of: "x-list") == ["a", "b"])
    #expect(request.values(of: "x-two") == ["1", "7"])
    #expect(request[header: "x-none"] == nil)
    #expect(request[header: "authorization"] == "Bearer t0ken")
    let basic = try await HTTPTrial.request(#"url: "URL/", auth: {basic: {user: u, password: "p:w"}}"#)
    #expect(basic[header: "authorization"] == "Basic " + Data("u:p:w".utf8).base64EncodedString())
  }

  @Test("sends an idempotency key of its own, unless the workflow sets one")
  func idempotencyKey() async throws {
    let own = try await HTTPTrial.request(#"url: "URL/", json: 1"#) { $0.attempt = 4 }
    #expect(own[header: "idempotency-key"] == "\(Trial.executionID):call")
    let set = try await HTTPTrial.request(#"url: "URL/", json: 1, headers: {idempotency-key: order-1}"#)
    #expect(set.values(of: "idempotency-key") == ["order-1"])
  }

  @Test("gives status, headers, data and timing")
  func result() async throws {
    let answer = HTTPTarget.Response(
      status: 201, headers: [("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")],
      body: Array("{ \"id\": 18446744073709551615 }".utf8))
    let (report, _) = try await HTTPTrial.run(#"url: "URL/""#, answering: answer) {
      $0.nodes += "\n- {key: out, type: output, value: \"{{$nodes.call}}\"}"
    }
    let result = try #require(report.output)
    #expect(result.members.map(\.key) == ["status", "headers", "data", "timing"])
    #expect(result["status"] == 201)
    #expect(result["headers"]?["x-a"] == "1, 2")
    #expect(result["data"].map { String(decoding: $0.bytes, as: UTF8.self) } == "{ \"id\": 18446744073709551615 }")
    #expect(
      result["timing"]?.members.map(\.key) == ["dns", "connect", "tls", "firstByte", "total", "redirects", "reused"])
    for (name, time) in result["timing"]?.members ?? [] {
      #expect((time.numberText ?? "").drop { $0 != "." }.count <= 4, "\(name) goes to the microsecond: \(time)")
    }
  }

  @Test(
    "reads the answer as asked",
    arguments: [
      ("auto", "application/json", "{\"a\": 1}", "{\"a\": 1}"), ("auto", "application/problem+json", "[1]", "[1]"),
      ("auto", "application/json", "{oops", "\"{oops\""), ("auto", "text/plain", "{}", "\"{}\""),
      ("auto", "", "{}", "{}"), ("auto", "", "hi", "\"hi\""), ("auto", "image/png", "hi", "\"aGk=\""),
      ("auto", "application/json", "", "null"), ("json", "text/plain", "{}", "{}"), ("json", "text/plain", "", "null"),
      ("text", "application/json", "{}", "\"{}\""), ("bytes", "application/json", "{}", "\"e30=\""),
      ("text", "text/plain", "", "\"\""),
    ])
  func formats(format: String, type: String, body: String, data: String) async throws {
    let answer = HTTPTarget.Response(
      headers: type.isEmpty ? [] : [("Content-Type", type)], body: Array(body.utf8))
    let (report, _) = try await HTTPTrial.run(#"url: "URL/", response: \#(format)"#, answering: answer) {
      $0.nodes += "\n- {key: out, type: output, value: \"{{$nodes.call.data}}\"}"
    }
    #expect(report.summary == "succeeded")
    #expect(report.output.map { String(decoding: $0.bytes, as: UTF8.self) } == data)
  }

  @Test(
    "reads text by its charset, and leaves byte order marks out",
    arguments: [
      ("auto", "application/json", [0xEF, 0xBB, 0xBF, 0x5B, 0x31, 0x5D], "[1]"),
      ("json", "text/plain", [0xEF, 0xBB, 0xBF, 0x5B, 0x31, 0x5D], "[1]"),
      ("auto", "", [0xEF, 0xBB, 0xBF, 0x5B, 0x31, 0x5D], "[1]"),
      ("auto", "text/plain", [0xEF, 0xBB, 0xBF, 0x61], "\"a\""), ("text", "", [0xEF, 0xBB, 0xBF, 0x61], "\"a\""),
      ("auto", "text/plain; charset=iso-8859-1", [0x47, 0xFC], "\"Gü\""),
      ("auto", "application/json; charset=iso-8859-1", [0x22, 0xFC, 0x22], "\"ü\""),
      ("json", "application/json; charset=iso-8859-1", [0x22, 0xC3, 0xBC, 0x22], "\"ü\""),
      ("text", "text/html; charset=\"windows-1252\"", [0x80], "\"€\""),
      ("auto", "text/xml; charset=utf-16le", [0xE4, 0x00], "\"ä\""),
      ("auto", "text/plain; charset=x-unknown", [0xC3, 0xBC], "\"ü\""),
      ("auto", "text/plain; charset=x-unknown", [0xFC], "\"/A==\""), ("auto", "text/plain", [0xFC], "\"/A==\""),
      ("bytes", "text/plain", [0xEF, 0xBB, 0xBF], "\"77u/\""),
    ] as [(String, String, [UInt8], String)])
  func charsets(format: String, type: String, body: [UInt8], data: String) async throws {
    let answer = HTTPTarget.Response(headers: type.isEmpty ? [] : [("Content-Type", type)], body: body)
    let (report, _) = try await HTTPTrial.run(#"url: "URL/", response: \#(format)"#, answering: answer) {
      $0.nodes += "\n- {key: out, type: output, value: \"{{$nodes.call.data}}\"}"
    }
    #expect(report.output.map { String(decoding: $0.bytes, as: UTF8.self) } == data, "\(report.summary)")
  }

  @Test("an answer that is not what it has to be fails the node")
  func badAnswers() async throws {
    let (json, _) = try await HTTPTrial.run(#"url: "URL/x", response: json"#, answering: .text("<html>"))
    #expect(json.summary.contains("/x answered 200, but the answer is not JSON"))
    let (text, _) = try await HTTPTrial.run(
      #"url: "URL/x", response: text"#, answering: HTTPTarget.Response(body: [0xFF, 0xFE]))
    #expect(text.summary.hasSuffix("answered 200, but the answer is not UTF-8 text"))
  }

  @Test(
    "counts the expected statuses as success",
    arguments: [
      (200, "", true), (299, "", true), (304, "", false), (404, "", false), (404, ", expect: [200, 404]", true),
      (404, ", expect: 404", true), (302, ", redirects: 0, expect: 3xx", true), (205, ", expect: '200-204'", false),
    ])
  func expected(status: Int, settings: String, isSuccess: Bool) async throws {
    let (report, _) = try await HTTPTrial.run(#"url: "URL/""# + settings, answering: .status(status))
    #expect((report.summary == "succeeded") == isSuccess, "\(report.summary)")
  }

  @Test("an unexpected status fails with a line that shows neither query nor credentials")
  func failure() async throws {
    let (report, requests) = try await HTTPTrial.run(
      #"url: "URL/orders?secret=1", json: 1, query: {token: abc}"#, answering: .json(#"{"why":"full"}"#, status: 500))
    let host = try #require(requests.first?[header: "host"])
    #expect(report.summary == "failed: node call: POST http://\(host)/orders answered 500, expected 2xx")
    #expect(report.record("call")?.status == .failed)
    #expect(report.record("call")?.error == "POST http://\(host)/orders answered 500, expected 2xx")
  }

  @Test("with continueOnError the failure is the result, with status and answer")
  func passedOver() async throws {
    let (report, _) = try await HTTPTrial.run(
      #"url: "URL/orders", json: 1, continueOnError: true"#, answering: .json(#"{"why":"full"}"#, status: 500)
    ) { $0.nodes += "\n- {key: out, type: output, value: \"{{$nodes.call.error}}\"}" }
    #expect(report.summary == "succeeded")
    #expect(report.output?["status"] == 500)
    #expect(report.output?["data"] == ["why": "full"])
    #expect(report.output?["message"]?.stringValue?.contains("answered 500") == true)
  }

  @Test("private addresses are refused unless allowed")
  func egress() async throws {
    let (report, requests) = try await HTTPTrial.run(#"url: "URL/""#, allow: "10.0.0.0/8")
    #expect(report.summary.hasPrefix("failed: node call: GET http://127.0.0.1"))
    #expect(report.summary.contains("MILLRACE_EGRESS_ALLOW"))
    #expect(requests.isEmpty)
  }

  @Test("a URL made from $env stays out of messages and records")
  func secretURL() async throws {
    let (report, requests) = try await HTTPTrial.run(#"url: "{{$env.HOOK}}?z=1", json: 1"#, answering: .status(403)) {
      $0.environment = ["HOOK": "http://127.0.0.1:9/services/T0/B0/s3cret"]
    }
    #expect(requests.isEmpty)
    #expect(report.summary.hasPrefix("failed: node call: POST http://127.0.0.1:9/***: "))
    let record = try #require(report.record("call"))
    #expect(!String(decoding: record.bytes, as: UTF8.self).contains("s3cret"))
  }

  @Test(
    "wrong settings are found when the workflow is loaded",
    arguments: [
      ("", #""url" is missing"#), (", url: ftp://a.example/", "http:// or https://"),
      (", url: 'https://a.example/', method: FETCH", "\"FETCH\" is not one of"),
      (", url: 'https://a.example/', json: 1, text: a", "one body, not json and text"),
      (", url: 'https://a.example/', expect: [2000]", "expect is a list of statuses"),
      (", url: 'https://a.example/', redirects: 21", "from 0 to 20"),
      (", url: 'https://a.example/', maxBody: 65MB", "64MB at most"),
      (", url: 'https://a.example/', timeout: 11m", "10m at most"),
      (", url: 'https://a.example/', auth: {}", "either basic"),
      (", url: 'https://a.example/', headers: {content-length: 1}", "set by Millrace"),
      (", url: 'https://a.example/', respond: json", "response"),
    ])
  func problems(settings: String, text: String) {
    let problems = Trial.problems("- {key: call, type: request\(settings)}")
    #expect(problems.contains(text), "\(problems)")
  }

  @Test(
    "a request that cannot be made is an error that says why",
    arguments: [
      (#"url: "{{$context.data.none}}""#, "url must start with http:// or https://"),
      (#"url: "https://a.example/", query: "{{$context.method}}""#, "query must be an object"),
      (#"url: "https://a.example/", bytes: "***""#, "bytes must be base64 text"),
      (
        #"url: "https://a.example/", headers: {x-a: "{{$context.data.line}}"}"#,
        "the value of header x-a contains a line break"
      ),
    ])
  func impossible(settings: String, text: String) async throws {
    var trial = Trial("- {key: call, type: request, \(settings)}")
    trial.body = #"{"line":"a\r\nb"}"#
    let services = RecordingServices()
    trial.services = services
    let summary = try await trial.run().summary
    #expect(summary.hasPrefix("error: node call: ") && summary.contains(text), "\(summary)")
    #expect(services.requests.isEmpty)
  }

  @Test("one whose turn came too late is not sent, and sent when the execution is confirmed again")
  func confirmedLate() async throws {
    let journal = MemoryJournal()
    journal.doubt(until: 3)
    let (report, requests) = try await HTTPTrial.run(#"url: "URL/", onUncertain: fail"#) { $0.journal = journal }
    #expect(report.summary == "succeeded")
    #expect(requests.count == 1)
    #expect(journal.confirmations == 3)
  }
}
