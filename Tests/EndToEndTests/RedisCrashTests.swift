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
      for id in ids {
        #expect(histories[id]?.distinct == [1, 2, 3])
        #expect(histories[id]?.repeatsFinishedStep == false, "\(id): \(histories[id]?.text ?? "")")
      }
      #expect(Times(heals).longest <= .seconds(2))
    }
  }
}
