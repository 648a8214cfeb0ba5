// Redis away, with a journal at ingest: nothing that was answered is lost, whatever Redis was before it went and is when
// it comes back.

import Foundation
import TestSupport
import Testing

extension SystemTests {
  @Suite("The journal of ingest") struct JournalTests {
    /// One worker, and one ingest with a journal; the second value has the settings for another one on the same files.
    private static func start(
      _ directory: TemporaryDirectory
    ) async throws -> (system: SystemUnderTest, settings: [String: String]) {
      let system = try await SystemUnderTest.start(ingests: 0, workers: 1, appendOnly: .always)
      let settings = ["MILLRACE_JOURNAL_DIR": directory.path + "/journal"]
      try await system.addIngest(settings: settings)
      return (system, settings)
    }

    private static func waitUntilMissed(_ system: SystemUnderTest) async throws {
      try await eventually("Redis is missed", within: .seconds(10)) {
        let statuses = [try await system.workers[0].readiness().status, try await system.send("call", "{}").status]
        return statuses == [503, 503]
      }
    }

    @Test("webhooks that come while Redis is away run once when it is back, in their order, also when ingest is killed")
    func outage() async throws {
      let target = try await CountingTarget.start()
      let directory = try TemporaryDirectory()
      let (system, settings) = try await Self.start(directory)
      defer { system.stop() }
      try await system.apply([
        "flow": target.steps(1), "line": "order: \"{{$context.method}}\"\n" + target.steps(1), "call": Workflows.echo,
        "ask": "order: \"{{$context.method}}\"\n" + Workflows.echo,
      ])
      let first = system.ingests[0]
      system.redis.kill()
      try await Self.waitUntilMissed(system)
      var ids: [String] = []
      for n in 0..<40 {
        // Some are so large that the queue sends them by themselves.
        let pad = n % 9 == 5 ? String(repeating: "x", count: 90_000) : ""
        let answer = try await system.send(n % 2 == 0 ? "flow" : "line", #"{"n":"\#(n)","pad":"\#(pad)"}"#)
        #expect(answer.status == 200, "\(answer.text)")
        ids.append(try #require(answer.executionID))
      }
      #expect(try await system.send("call", #"{"token":"x"}"#).status == 503)
      let behind = try await system.send("ask", #"{"token":"x"}"#)
      #expect(behind.status == 503 && behind[header: "Retry-After"] == "1")
      #expect(try await first.readiness().status == 200)
      await first.kill()
      try await system.redis.restart()
      try await system.addIngest(settings: settings)
      let final = ids
      try await eventually("all end", within: .seconds(60)) { try system.states(of: final) == ["succeeded": 40] }
      #expect(Set(target.calls.map(\.execution)) == Set(ids))
      #expect(target.calls.count == 40)
      let line = ids.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      #expect(target.calls.map(\.execution).filter(Set(line).contains) == line)
    }

    @Test("it takes over also from a Redis that was nearly full before it went")
    func full() async throws {
      let target = try await CountingTarget.start()
      let directory = try TemporaryDirectory()
      let (system, _) = try await Self.start(directory)
      defer { system.stop() }
      try await system.apply(["flow": target.steps(1)])
      try system.redis.command("CONFIG", "SET", "maxmemory", "500kb")
      try await eventually("it is refused", within: .seconds(10)) {
        try await system.send("flow", #"{"n":0}"#).text.contains("of its maxmemory")
      }
      system.redis.kill()
      var ids: [String] = []
      try await eventually("the journal takes over", within: .seconds(10)) {
        let answer = try await system.send("flow", #"{"n":1}"#)
        if answer.status == 200, let id = answer.executionID { ids.append(id) }
        return !ids.isEmpty
      }
      #expect(try await system.ingests[0].readiness().status == 200)
      try await system.redis.restart()
      let final = ids
      try await eventually("all end", within: .seconds(60)) {
        try system.states(of: final) == ["succeeded": final.count]
      }
    }

    @Test("what it has waits until a Redis that was emptied has the workflow again, and runs its first version")
    func emptied() async throws {
      let target = try await CountingTarget.start()
      let directory = try TemporaryDirectory()
      let (system, _) = try await Self.start(directory)
      defer { system.stop() }
      try await system.apply(["flow": target.steps(1), "call": Workflows.echo])
      try await system.apply(["flow": target.steps(2)])
      system.redis.kill()
      try await Self.waitUntilMissed(system)
      var ids: [String] = []
      for n in 0..<10 {
        ids.append(try #require(try await system.send("flow", #"{"n":\#(n)}"#).executionID))
      }
      try FileManager.default.removeItem(atPath: system.redis.directory + "/appendonlydir")
      try await system.redis.restart()
      try await eventually("ingest knows no workflow", within: .seconds(20)) {
        try await system.send("flow", #"{"n":0}"#).status == 404
      }
      // Once at its start, and now again.
      try await eventually("the worker knows none either", within: .seconds(20)) {
        let lines = system.workers[0].program?.transcript.split(separator: "\n") ?? []
        return lines.count { $0.contains("workflows loaded") && $0.contains(" count=0 ") } >= 2
      }
      #expect(try await system.ingests[0].metric("millrace_ingest_journal_bytes") > 0)
      let final = ids
      #expect(try system.states(of: final) == ["none": 10])
      try await system.apply(["flow": target.steps(3)])
      try await eventually("all end", within: .seconds(60)) { try system.states(of: final) == ["succeeded": 10] }
      for id in ids { #expect(target.histories[id]?.text == "1,2,3") }
    }
  }
}
