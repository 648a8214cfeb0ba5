// Real webhooks of a real sender: each of GitHub's example payloads goes through the whole system and comes out at the
// other end as it went in.

import JSONCodec
import TestSupport
import Testing

extension SystemTests {
  @Suite("GitHub's payloads")
  struct GitHubPayloadTests {
    private struct Payload {
      let event: String
      let file: String
      let body: [UInt8]
    }

    private static func payloads() throws -> [Payload] {
      try SharedData.files(in: "github", ending: ".payload.json").map { file in
        let body = try SharedData.bytes(file)
        // The line end of the file is no part of the JSON text.
        let end = body.lastIndex { $0 > 0x20 } ?? body.startIndex
        return Payload(event: String(file.split(separator: "/")[1]), file: file, body: Array(body[...end]))
      }
    }

    private static func request(_ key: String, _ port: Int, _ path: String) -> String {
      """
              - key: \(key)
                type: request
                url: http://127.0.0.1:\(port)\(path)
                headers: {X-Event: "{{$context.headers.x-github-event}}", X-Sent-As: "{{$context.headers.x-number}}"}
                query: {action: "{{$context.data.action:none}}"}
                json: "{{$context.data}}"
      """
    }

    private static func workflow(_ port: Int) -> String {
      """
      trigger: {type: webhook}
      nodes:
        - key: route
          type: switch
          cases:
            - if: {all: [["{{$context.headers.x-github-event}}", equal, push]]}
              do:
      \(request("push", port, "/push"))
            - if: {all: [["{{$context.headers.x-github-event}}", startsWith, pull_request]]}
              do:
      \(request("pull", port, "/pull"))
            - if: {any: [["{{$context.headers.x-github-event}}", in, [issues, issue_comment, label]]]}
              do:
      \(request("issue", port, "/issue"))
          otherwise:
      \(request("other", port, "/other"))
      """
    }

    private static func path(_ event: String) -> String {
      if event == "push" { return "/push" }
      if event.hasPrefix("pull_request") { return "/pull" }
      return ["issues", "issue_comment", "label"].contains(event) ? "/issue" : "/other"
    }

    @Test(
      "all of them arrive exactly once, on the right branch, byte for byte",
      .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func all() async throws {
      let payloads = try Self.payloads()
      #expect(payloads.count >= 82)
      let target = try await HTTPTarget.start(answering: .json("{}"))
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["github": Self.workflow(target.port)])
      let connection = try await SystemConnection.open(port: system.port)
      for (number, payload) in payloads.enumerated() {
        let request = SystemRequest(
          "POST", "/api/webhooks/github",
          headers: [
            (name: "Content-Type", value: "application/json"), (name: "X-GitHub-Event", value: payload.event),
            (name: "X-Number", value: "\(number)"),
          ], body: payload.body)
        #expect(try await connection.send(request).status == 200, "\(payload.file)")
      }
      try await target.waitFor(count: payloads.count, timeout: .seconds(60))
      try await system.waitUntilDrained()

      let requests = target.requests
      print("GitHubPayloadTests payloads=\(payloads.count) arrived=\(requests.count)")
      #expect(requests.count == payloads.count)
      for (number, payload) in payloads.enumerated() {
        let request = try #require(requests.first { $0[header: "X-Sent-As"] == "\(number)" }, "\(payload.file)")
        #expect(request.path == Self.path(payload.event), "\(payload.file)")
        #expect(request[header: "X-Event"] == payload.event, "\(payload.file)")
        #expect(request.query == "action=\(Self.action(payload))", "\(payload.file)")
        #expect(request.body == payload.body, "\(payload.file)")
      }
    }

    private static func action(_ payload: Payload) -> String {
      (try? JSON.parse(payload.body))?["action"]?.stringValue ?? "none"
    }

    @Test("whole numbers beyond 2^53 and beyond 64 bits, odd keys and odd numbers keep every digit")
    func numbers() async throws {
      let target = try await HTTPTarget.start(answering: .json("{}"))
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["github": Self.workflow(target.port)])
      let body = """
        {"z": 9007199254740993, "a": -9223372036854775808, "max":18446744073709551615 ,
         "huge": 123456789012345678901234567890, "e": 1.0E+2, "zero": -0.0,
         "a b": "\\u00e9é\\n", "z": [ ], "action": 9007199254740993}
        """
      #expect(try await system.send("github", body, headers: [(name: "X-GitHub-Event", value: "push")]).status == 200)
      let request = try #require(try await target.waitFor(count: 1).first)
      #expect(request.bodyText == body)
      #expect(request.query == "action=9007199254740993")
    }
  }
}
