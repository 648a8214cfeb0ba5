// Who gets in, and once: signatures, duplicates and rates in the running system.

import Foundation
import JSONCodec
import TestSupport
import Testing
import Verification

extension SystemTests {
  @Suite("The edge")
  struct EdgeTests {
    private static let secrets = ["MILLRACE_ENV_HOOK": "current", "MILLRACE_ENV_OLD": "previous"]

    /// What GitHub would send.
    private static func delivery(
      _ key: String, _ body: String, secret: String = "current", id: String = UUID().uuidString
    ) throws -> SystemRequest {
      let signer = try RequestSigner.make(settings: ["provider": "github", "secrets": .string(secret)])
      let signed = try signer.sign(
        OutgoingRequest(publicURL: "http://localhost", body: Array(body.utf8), now: 0, id: id, event: "push"))
      return .webhook(key, body, headers: signed.headers.fields.map { ($0.name, $0.value) })
    }

    private static func workflow(
      _ trigger: String, _ nodes: String = "[{key: n, type: output, value: \"{{$context.data.n}}\"}]"
    ) -> String {
      """
      trigger:
        type: webhook
        verify: [{provider: github, secrets: ["{{$env.HOOK}}", "{{$env.OLD}}"]}]
      \(trigger)
      nodes: \(nodes)
      """
    }

    @Test("genuine webhooks get in with either secret; forged ones get 401 and are told what is wrong")
    func signatures() async throws {
      let system = try await SystemUnderTest.start(settings: Self.secrets)
      defer { system.stop() }
      try await system.apply(["hook": Self.workflow("  mode: sync")])
      for secret in ["current", "previous"] {
        let answer = try await SystemConnection.send(
          try Self.delivery("hook", #"{"n":7}"#, secret: secret), port: system.port)
        #expect(answer.status == 200)
        #expect(answer.text == "7")
      }
      let forged = try await SystemConnection.send(
        try Self.delivery("hook", #"{"n":7}"#, secret: "other"), port: system.port)
      #expect(forged.status == 401)
      #expect(try JSON.parse(forged.text)["type"] == "urn:millrace:problem:not-verified")
      #expect(try JSON.parse(forged.text)["reason"] == "mismatch")
      let bare = try await system.send("hook", #"{"n":7}"#)
      #expect(bare.status == 401)
      #expect(bare.text.contains("x-hub-signature-256"))
      #expect(try await system.ingests[0].metric("millrace_ingest_unverified_total") == 2)
      try await eventually("the audit log tells who was verified by which secret, and what was wrong") {
        let directory = system.ingests[0].auditDirectory
        let lines = try await BuiltProgram.run("millrace", ["audit", "--json", "--audit-dir", directory]).output
        return ["github, secret 1", "github, secret 2", #""why":"mismatch""#, #""why":"missing_header""#]
          .allSatisfy(lines.contains)
      }
    }

    @Test("a sender that wants to hear a certain answer hears it, unless the workflow answers itself")
    func senderAnswer() async throws {
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      let settings = "verify: [{provider: alipay, publicKeys: \"\(AlipayKeys.publicKey)\"}]"
      try await system.apply([
        "plain": "trigger: {type: webhook, \(settings)}\nnodes: []\n",
        "own": "trigger: {type: webhook, \(settings), response: {body: {code: 7}}}\nnodes: []\n",
      ])
      for (key, expected) in [("plain", "success"), ("own", #"{"code":7}"#)] {
        let answer = try await SystemConnection.send(try AlipayKeys.notification(key), port: system.port)
        #expect(answer.status == 200)
        #expect(answer.text == expected)
        #expect(answer.executionID != nil)
      }
    }

    @Test("a secret that is not set lets nobody in, and the log says so")
    func missingSecret() async throws {
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["hook": Self.workflow("  mode: async")])
      let answer = try await SystemConnection.send(try Self.delivery("hook", "{}"), port: system.port)
      #expect(answer.status == 503)
      #expect(system.ingests[0].program?.transcript.contains("$env.HOOK is not set") == true)
    }

    @Test(
      "a hundred at once through two ingests are one execution with a hundred equal answers",
      arguments: ["sync", "async"])
    func duplicates(mode: String) async throws {
      let target = try await CountingTarget.start { _ in try? await Task.sleep(for: .milliseconds(300)) }
      let system = try await SystemUnderTest.start(ingests: 2, workers: 2, settings: Self.secrets)
      defer { system.stop() }
      let nodes = """

          - {key: s1, type: request, url: "http://127.0.0.1:\(target.port)/s1", json: "{{$context.data}}"}
          - {key: n, type: output, value: {n: "{{$context.data.n}}", id: "{{$system.executionId}}"}}
        """
      try await system.apply(["hook": Self.workflow("  mode: \(mode)", nodes)])
      let request = try Self.delivery("hook", #"{"n":"x"}"#)
      let answers = try await withThrowingTaskGroup(of: SystemAnswer.self) { group in
        for number in 0..<100 {
          group.addTask { try await SystemConnection.send(request, port: system.ports[number % 2]) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.map(\.status) == Array(repeating: 200, count: 100))
      #expect(Set(answers.map(\.text)).count == 1)
      #expect(Set(answers.map(\.executionID)).count == 1)
      #expect(answers.count { $0[header: "idempotent-replayed"] == "true" } == 99)
      try await system.waitUntilDrained()
      #expect(target.calls.count == 1)
      // Also when it is over.
      let late = try await SystemConnection.send(request, port: system.port)
      #expect(late.text == answers[0].text && late[header: "idempotent-replayed"] == "true")
      #expect(target.calls.count == 1)
    }

    @Test("Redis killed between the admission and its answer: the repeated webhook gets the same execution")
    func lostAnswer() async throws {
      let target = try await CountingTarget.start()
      let system = try await SystemUnderTest.start(ingests: 0, workers: 1, appendOnly: .always)
      defer { system.stop() }
      let proxy = try await TCPProxy.start(to: system.redis.port)
      defer { proxy.stop() }
      let ingest = try await system.addIngest(settings: ["MILLRACE_REDIS_URL": "redis://127.0.0.1:\(proxy.port)"])
      try await ingest.waitUntilReady()
      try await system.apply([
        "once": Workflows.call(
          target.port, trigger: #"{type: webhook, deduplicate: {by: "{{$context.headers.x-id}}", for: 1h}}"#)
      ])
      let webhook = SystemRequest.webhook("once", #"{"n":1}"#, headers: [(name: "X-Id", value: "a1")])

      proxy.holdAnswers(true)
      async let unanswered = SystemConnection.send(webhook, port: ingest.port)
      try await eventually("it is admitted, and runs") { target.calls.count == 1 }
      system.redis.kill()
      #expect(try await unanswered.status == 503)
      proxy.holdAnswers(false)
      try await system.redis.restart()
      var answer = try await SystemConnection.send(webhook, port: ingest.port)
      try await eventually("it is answered") {
        if answer.status != 200 { answer = try await SystemConnection.send(webhook, port: ingest.port) }
        return answer.status == 200
      }
      #expect(answer[header: "idempotent-replayed"] == "true")
      let known = try system.redis.command("GET", "{p0}:once:once:a1").split(separator: " ").map(String.init)
      #expect(answer.executionID == "0-\(known[0])-\(known[1])")
      try await system.waitUntilDrained()
      #expect(target.calls.count == 1)
      #expect(try system.field("st", of: try #require(answer.executionID)) == "succeeded")
    }

    @Test("over the rate the answer is 429 with the time to wait, on all ingests together")
    func rate() async throws {
      let system = try await SystemUnderTest.start(ingests: 2)
      defer { system.stop() }
      try await system.apply([
        "limited": """
        trigger: {type: webhook, rate: {limit: 10, per: 60s}}
        nodes: []
        """
      ])
      var statuses: [Int: Int] = [:]
      for number in 0..<30 {
        let answer = try await SystemConnection.send(.webhook("limited", "{}"), port: system.ports[number % 2])
        statuses[answer.status, default: 0] += 1
        if answer.status == 429 { #expect((1...60).contains(Int(answer[header: "retry-after"] ?? "") ?? 0)) }
      }
      #expect(statuses == [200: 10, 429: 20])
    }
  }
}
