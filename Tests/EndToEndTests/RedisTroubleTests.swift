// Redis away, full, emptied or set up so that it may forget: ingest says 503 and why, and both sides heal by
// themselves.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Redis in trouble", .system { target in ["echo": Workflows.echo, "steps": target.steps(2)] })
  struct RedisTroubleTests {
    private func expectRefusal(_ system: SystemUnderTest) async throws {
      let answer = try await system.send("steps", #"{"n":0}"#)
      #expect(answer.status == 503)
      #expect(answer[header: "Retry-After"] != nil)
    }

    private func accepted(_ system: SystemUnderTest) async throws -> Bool {
      try await system.send("steps", #"{"n":0}"#).status == 200
    }

    /// How long it took until the readiness of ingest was this.
    private func time(until status: Int, _ system: SystemUnderTest, saying text: String = "") async throws -> Duration {
      let begin = ContinuousClock.now
      try await eventually("ingest's readiness is \(status)", within: .seconds(15)) {
        let answer = try await system.ingests[0].readiness()
        return answer.status == status && answer.text.contains(text)
      }
      return .now - begin
    }

    @Test("with Redis away webhooks get 503, and both sides heal within two seconds of its return")
    func away() async throws {
      let system = try SystemStage.current().system
      let early = system.redis
      early.kill()
      try await expectRefusal(system)
      _ = try await time(until: 503, system)
      try await expectRefusal(system)
      let late = try await system.addIngest()
      try await eventually("an ingest that starts without Redis says so", within: .seconds(20)) {
        try await late.readiness().status == 503
      }
      try await system.redis.restart()
      let back = ContinuousClock.now
      try await eventually("webhooks are accepted again") { try await accepted(system) }
      let acceptance = ContinuousClock.now - back
      try await eventually("synchronous calls are answered again") {
        try await system.send("echo", #"{"token":"a"}"#).status == 200
      }
      let answers = ContinuousClock.now - back
      _ = try await time(until: 200, system)
      let readiness = ContinuousClock.now - back
      print("RedisTroubleTests after its return: accepted \(acceptance), answered \(answers), ready \(readiness)")
      #expect(acceptance <= .seconds(2))
      #expect(answers <= .seconds(2))
      #expect(readiness <= .seconds(2))
      try await late.waitUntilReady()
      await late.kill()
      try await system.waitUntilDrained()
    }

    @Test("a Redis that may evict keys is named by readyz, and webhooks get 503")
    func eviction() async throws {
      let system = try SystemStage.current().system
      try system.redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
      _ = try await time(until: 503, system, saying: "allkeys-lru")
      try await expectRefusal(system)
      try system.redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
      _ = try await time(until: 200, system)
      #expect(try await accepted(system))
    }

    @Test("a disabled workflow gets 503 within a second, an enabled one is accepted within a second")
    func disabled() async throws {
      let system = try SystemStage.current().system
      try await system.command("disable", "steps")
      try await eventually("it is refused", within: .seconds(1)) { try await !accepted(system) }
      try await expectRefusal(system)
      try await system.command("enable", "steps")
      try await eventually("it is accepted", within: .seconds(1)) { try await accepted(system) }
    }

    @Test("a full Redis is a 503, workers drain what is there, and room heals it")
    func full() async throws {
      let stage = try SystemStage.current()
      let system = stage.system
      let gate = stage.gate("full")
      var ids: [String] = []
      for _ in 0..<20 { ids.append(try #require(try await system.send("steps", #"{"n":"full"}"#).executionID)) }
      try await eventually("all run") { Set(stage.target.calls.map(\.execution)).isSuperset(of: ids) }
      try system.redis.command("CONFIG", "SET", "maxmemory", "1mb")
      try await expectRefusal(system)
      gate.open()
      try await system.waitUntilDrained(within: .seconds(20))
      #expect(try system.states(of: ids) == ["succeeded": 20])
      try await expectRefusal(system)
      try system.redis.command("CONFIG", "SET", "maxmemory", "0")
      try await eventually("webhooks are accepted again", within: .seconds(2)) { try await accepted(system) }
      try await system.waitUntilDrained()
    }

    @Test("after FLUSHALL the system works again once its workflows are applied")
    func flushed() async throws {
      let stage = try SystemStage.current()
      let system = stage.system
      try system.redis.command("FLUSHALL")
      try await eventually("the workflow is gone") {
        try await system.send("echo", #"{"token":"x"}"#).status == 404
      }
      try await system.apply(["echo": Workflows.echo, "steps": stage.target.steps(2)])
      let begin = ContinuousClock.now
      try await eventually("synchronous calls are answered", within: .seconds(5)) {
        try await system.send("echo", #"{"token":"y"}"#).text == #"{"token":"y"}"#
      }
      print("RedisTroubleTests answered \(ContinuousClock.now - begin) after FLUSHALL and apply")
      let id = try #require(try await system.send("steps", #"{"n":1}"#).executionID)
      try await system.waitUntilDrained()
      #expect(try system.field("st", of: id) == "succeeded")
    }

    @Test("a lost consumer group is made again, and what waits is delivered")
    func lostGroup() async throws {
      let system = try SystemStage.current().system
      for stream in ["high", "normal", "low"] {
        try system.redis.command("XGROUP", "DESTROY", "{p0}:q:\(stream)", "workers")
      }
      let answer = try await system.send("echo", #"{"token":"z"}"#)
      #expect(answer.text == #"{"token":"z"}"#)
    }
  }
}
