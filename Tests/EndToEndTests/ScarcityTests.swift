// Processes that may open few files: they serve fewer at once, and nothing is lost or failed for that.

import ProcessSupport
import TestSupport
import Testing

extension SystemTests {
  @Suite("Few open files")
  struct ScarcityTests {
    @Test("more clients than descriptors: those beyond the room are closed, the others are served")
    func ingest() async throws {
      let system = try await SystemUnderTest.start(workers: 0, openFiles: 64)
      defer { system.stop() }
      try await system.apply(["accept": Workflows.accept])
      var idle: [SystemConnection] = []
      for _ in 0..<100 { idle.append(try await SystemConnection.open(port: system.port)) }
      try await eventually("those beyond the room are closed") { idle.count { $0.isOpen } <= 32 }
      let first = try #require(idle.first { $0.isOpen })
      #expect(try await first.send(.webhook("accept", "{}")).status == 200)
      for connection in idle { connection.close() }
      try await eventually("there is room again") { try await system.send("accept", "{}").status == 200 }
      #expect(system.ingests[0].isRunning)
      #expect(try #require(system.ingests[0].program).error.contains("leaves room for 32 of 20000 connections"))
    }

    @Test("more requests than descriptors: they wait for each other, and none fails")
    func worker() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { _ in await gate.pass() }
      let system = try await SystemUnderTest.start(openFiles: 64)
      defer { system.stop() }
      try await system.apply(["steps": target.steps(1)])
      var ids: [String] = []
      for number in 0..<150 {
        ids.append(try #require(try await system.send("steps", #"{"n":\#(number)}"#).executionID))
      }
      try await eventually("all have begun") {
        try await system.workers[0].metric("millrace_worker_running") == Double(ids.count)
      }
      gate.open()
      try await system.waitUntilDrained()
      for id in ids { #expect(try system.field("st", of: id) == "succeeded") }
      #expect(target.calls.count == ids.count)
    }
  }

  @Suite("Secrets of workflows")
  struct SecretLogTests {
    @Test("no log says them, however much it says", arguments: ["trace", "debug"])
    func logs(level: String) async throws {
      let secret = "sesame-\(UInt32.random(in: .min ... .max))"
      let system = try await SystemUnderTest.start(
        settings: ["MILLRACE_LOG_LEVEL": level, "MILLRACE_ENV_WORD": secret])
      defer { system.stop() }
      try await system.apply([
        "secret": """
        trigger: {type: webhook, mode: sync, when: {all: [["{{$env.WORD}}", notEmpty]]}}
        nodes:
          - {key: fails, type: request, url: "http://127.0.0.1:1/{{$env.WORD}}", continueOnError: true}
          - {key: out, type: output, value: "{{$env.WORD}}"}
        """
      ])
      #expect(try await system.send("secret", "{}").status == 200)
      for process in system.ingests + system.workers {
        #expect(await process.stop())
        let transcript = try #require(process.program).transcript
        #expect(transcript.contains("starting version"))
        #expect(!transcript.contains(secret), "\(process.kind.rawValue)")
      }
    }
  }
}
