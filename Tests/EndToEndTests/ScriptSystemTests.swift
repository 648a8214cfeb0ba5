// Script nodes in the running system: a signed webhook, and everything that can be killed under a script.

import Foundation
import TestSupport
import Testing

extension SystemTests {
  @Suite("Scripts in the running system")
  struct ScriptSystemTests {
    @Test("a signed webhook is accepted, and one with another byte is not")
    func signature() async throws {
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["signed": Self.signed])
      let payload =
        #"{"ref":"refs/heads/main","commits":[{"id":"a1","message":"Fix the gate"},{"id":"b2","message":"Ünicode"}]}"#
      let forged = payload.replacing("gate", with: "gats")
      let headers = [(name: "X-Hub-Signature-256", value: Self.signature)]
      let genuine = try await system.send("signed", payload, headers: headers)
      #expect(genuine.status == 200)
      #expect(genuine.text == #"{"branch":"main"}"#)
      let refused = try await system.send("signed", forged, headers: headers)
      #expect(refused.status == 500)
      let states = try await system.command("show", try #require(refused.executionID))
      #expect(states.contains("node verify: Error: Invalid signature (line 10, column "))
    }

    @Test("a script that computes for longer than a lease lasts keeps it, and others are answered meanwhile")
    func longScript() async throws {
      let system = try await SystemUnderTest.start(workers: 2)
      defer { system.stop() }
      try await system.apply(["long": Self.computing(seconds: 12), "quick": Self.quick])
      let id = try #require(try await system.send("long", "{}").executionID)
      try await eventually("the script runs") { try await Self.metric("scripts_running", of: system) == 1 }
      var answered = 0
      while try system.field("st", of: id) == "running" {
        #expect(try await system.send("quick", "{}", within: .seconds(5)).status == 200)
        answered += 1
      }
      #expect(answered > 10)
      try await system.waitUntilDrained()
      #expect(try system.field("st", of: id) == "succeeded")
      #expect(try await Self.metric("rescued_total", of: system) == 0)
      #expect(try await Self.metric("lost_total", of: system) == 0)
    }

    @Test("a killed runner costs its script an error, and the next one has another")
    func killedRunner() async throws {
      let system = try await SystemUnderTest.start(workerSettings: ["MILLRACE_SCRIPT_PROCESSES": "1"])
      defer { system.stop() }
      try await system.apply(["long": Self.computing(seconds: 60), "quick": Self.quick])
      let id = try #require(try await system.send("long", "{}").executionID)
      try await eventually("the script runs") { try await Self.metric("scripts_running", of: system) == 1 }
      let runner = try #require(Self.runners(of: system.workers[0]).first)
      #expect(kill(runner, SIGKILL) == 0)
      #expect(try await system.send("quick", "{}", within: .seconds(5)).status == 200)
      try await system.waitUntilDrained()
      #expect(try system.field("st", of: id) == "failed")
      let shown = try await system.command("show", id)
      #expect(shown.contains("the script's runner was ended by SIGKILL while the script ran"))
    }

    @Test("the runners of a killed worker end with it, and another worker runs the script again")
    func killedWorker() async throws {
      let system = try await SystemUnderTest.start(workers: 1)
      defer { system.stop() }
      try await system.apply(["long": Self.computing(seconds: 5)])
      let id = try #require(try await system.send("long", "{}").executionID)
      try await eventually("the script runs") { try await Self.metric("scripts_running", of: system) == 1 }
      let worker = system.workers[0]
      let runners = Self.runners(of: worker)
      #expect(!runners.isEmpty)
      await worker.kill()
      try await eventually("its runners end", within: .seconds(5)) { runners.allSatisfy { kill($0, 0) != 0 } }
      try await worker.start()
      try await system.waitUntilDrained()
      #expect(try system.field("st", of: id) == "succeeded")
    }

    private static func metric(_ name: String, of system: SystemUnderTest) async throws -> Double {
      var sum = 0.0
      for worker in system.workers { sum += try await worker.metric("millrace_worker_\(name)") }
      return sum
    }

    /// The children of the worker's process.
    private static func runners(of worker: SystemProcess) -> [Int32] {
      guard let parent = worker.program?.pid,
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc")
      else { return [] }
      return names.compactMap { Int32($0) }.filter { process in
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        return status.contains("\nPPid:\t\(parent)\n")
      }
    }

    private static let quick = """
      trigger: {type: webhook, mode: sync}
      nodes:
        - {key: two, type: calculation, expression: 1 + 1}
        - {key: answer, type: output, value: "{{$nodes.two}}"}
      """

    private static func computing(seconds: Int) -> String {
      """
      trigger: {type: webhook}
      nodes:
        - key: compute
          type: script
          timeout: 2m
          code: |
            const end = Date.now() + \(seconds * 1000)
            while (Date.now() < end) {}
      """
    }

    /// Of the payload above under the secret below.
    private static let signature = "sha256=7fb0f372844e8e58359464e8d61dc5d4a65cb31b76a0bb7dd0e2cba62d524502"

    private static let signed = """
      trigger: {type: webhook, mode: sync}
      nodes:
        - key: verify
          type: script
          code: |
            const crypto = require('crypto');
            const signature = context.headers['x-hub-signature-256'];
            const payload = JSON.stringify(context.data);
            const secret = 'your-webhook-secret';
            const expectedSignature = 'sha256=' + crypto
            .createHmac('sha256', secret)
            .update(payload)
            .digest('hex');
            if (signature !== expectedSignature) {
            throw new Error('Invalid signature');
            }
        - {key: branch, type: calculation, expression: "({ branch: $context.data.ref.replace('refs/heads/', '') })"}
        - {key: answer, type: output, value: "{{$nodes.branch}}"}
      """
  }
}
