// Redis is killed while webhooks come in. With `appendfsync always` a 2xx survives that, and both sides heal by
// themselves.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Killed Redis")
  struct RedisCrashTests {
    @Test("five kills of Redis lose nothing that was acknowledged", .timeLimit(.minutes(2)))
    func kills() async throws {
      var random = SeededGenerator()
      let target = try await CountingTarget.start { _ in try? await Task.sleep(for: .milliseconds(20)) }
      let system = try await SystemUnderTest.start(
        ingests: 2, workers: 2, appendOnly: .always, settings: ["MILLRACE_DURABILITY": "strict"])
      defer { system.stop() }
      try await system.apply(["steps": target.steps(3)])
      let load = SystemLoad.start(ports: system.ports, connections: 16, perSecond: 100) {
        .webhook("steps", #"{"n":\#($0)}"#)
      }
      var heals: [Duration] = []
      for _ in 0..<5 {
        try await Task.sleep(for: random.milliseconds(500...1500))
        system.redis.kill()
        try await Task.sleep(for: random.milliseconds(50...1500))
        try await system.redis.restart()
        let back = ContinuousClock.now
        let before = load.acknowledgedCount
        try await eventually("webhooks are accepted again") { load.acknowledgedCount > before }
        heals.append(.now - back)
      }
      let report = await load.stop()
      try await system.waitUntilDrained()

      let ids = report.acknowledged.map(\.executionID)
      let histories = target.histories
      let repeats = histories.values.reduce(0) { $0 + $1.repeats }
      print(
        "RedisCrashTests seed=\(random.seed) kills=5 \(report.summary) repeated steps=\(repeats) "
          + "accepted again after: \(Times(heals).summary)")
      #expect(try system.states(of: ids) == ["succeeded": ids.count])
      let broken = ids.filter { histories[$0]?.distinct != [1, 2, 3] || histories[$0]?.repeatsFinishedStep == true }
      #expect(broken.isEmpty, "\(broken.count) broken, for example \(broken.prefix(5))")
      #expect(Times(heals).longest <= .seconds(2))
    }

    @Test("five power cuts lose nothing that was acknowledged with strict durability", .timeLimit(.minutes(2)))
    func powerCuts() async throws {
      var random = SeededGenerator()
      let target = try await CountingTarget.start { _ in try? await Task.sleep(for: .milliseconds(20)) }
      let redis = try await RedisServer.start(appendOnly: .always, canLosePower: true)
      defer { redis.stop() }
      let system = try await SystemUnderTest.start(
        ingests: 2, workers: 2, settings: ["MILLRACE_DURABILITY": "strict"], redis: redis)
      defer { system.stop() }
      try await system.apply(["steps": target.steps(3)])
      let load = SystemLoad.start(ports: system.ports, connections: 16, perSecond: 200) {
        .webhook("steps", #"{"n":\#($0)}"#)
      }
      var lost: [Int] = []
      for _ in 0..<5 {
        try await Task.sleep(for: random.milliseconds(500...1500))
        lost.append(try redis.cutPower())
        try await redis.restart()
        let before = load.acknowledgedCount
        try await eventually("webhooks are accepted again") { load.acknowledgedCount > before }
      }
      let report = await load.stop()
      try await system.waitUntilDrained()
      let ids = report.acknowledged.map(\.executionID)
      let histories = target.histories
      print("power cuts: seed=\(random.seed) \(report.summary) bytes that were not synced: \(lost)")
      #expect(try system.states(of: ids) == ["succeeded": ids.count])
      let broken = ids.filter { histories[$0]?.distinct != [1, 2, 3] || histories[$0]?.repeatsFinishedStep == true }
      #expect(broken.isEmpty, "\(broken.count) broken, for example \(broken.prefix(5))")
    }

    @Test("a power cut does take what was not synced: synced once a second")
    func powerCutOfUnsynced() async throws {
      let redis = try await RedisServer.start(appendOnly: .everysec, canLosePower: true)
      defer { redis.stop() }
      var written = 0
      // Faster than the first second, whose sync comes at some moment of it.
      try await eventually("something is lost") {
        for _ in 0..<50 {
          written += 1
          _ = try redis.command("SET", "key:\(written)", "1")
        }
        let lost = try redis.cutPower()
        try await redis.restart()
        let kept = Int(try redis.command("DBSIZE")) ?? 0
        if lost > 0 { return kept < written }
        return false
      }
    }

    @Test("an outage that outlasts every heartbeat takes nothing away from living workers", .timeLimit(.minutes(1)))
    func longOutage() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { if $0.node == "s2" { await gate.pass() } }
      let system = try await SystemUnderTest.start(ingests: 1, workers: 2, appendOnly: .always)
      defer { system.stop() }
      try await system.apply(["steps": target.steps(3)])
      var ids: [String] = []
      for number in 0..<20 {
        ids.append(try #require(try await system.send("steps", #"{"n":\#(number)}"#).executionID))
      }
      try await eventually("all stand in their second step") { target.calls.filter { $0.node == "s2" }.count == 20 }
      system.redis.kill()
      // Longer than a worker lives without a heartbeat.
      try await Task.sleep(for: .seconds(5))
      try await system.redis.restart()
      // Longer than it takes until dead workers' executions are taken over.
      try await Task.sleep(for: .seconds(6))
      gate.open()
      try await system.waitUntilDrained()
      let repeated = ids.filter { target.histories[$0]?.text != "1,2,3" }
      print("RedisCrashTests outage=5s executions=\(ids.count) repeated=\(repeated.count)")
      #expect(repeated.isEmpty)
      #expect(try system.states(of: ids) == ["succeeded": ids.count])
    }
  }
}
