// Ingests are killed while webhooks come in: what they have acknowledged was in Redis before.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Killed ingests")
  struct IngestCrashTests {
    @Test("ten killed ingests lose nothing that was acknowledged", .timeLimit(.minutes(2)))
    func kills() async throws {
      var random = SeededGenerator()
      let target = try await CountingTarget.start()
      let system = try await SystemUnderTest.start(ingests: 2, workers: 1, appendOnly: .always)
      defer { system.stop() }
      try await system.apply(["step": target.steps(1)])
      let load = SystemLoad.start(ports: system.ports, connections: 16, perSecond: 150) {
        .webhook("step", #"{"n":\#($0)}"#)
      }
      for _ in 0..<10 {
        let ingest = system.ingests[Int.random(in: 0...1, using: &random)]
        try await Task.sleep(for: random.milliseconds(200...700))
        await ingest.kill()
        try await ingest.start()
        try await ingest.waitUntilReady()
      }
      let report = await load.stop()
      try await system.waitUntilDrained()

      let ids = report.acknowledged.map(\.executionID)
      let histories = target.histories
      let unacknowledged = histories.count - ids.count
      print("IngestCrashTests seed=\(random.seed) kills=10 \(report.summary) ran without an answer=\(unacknowledged)")
      #expect(try system.states(of: ids) == ["succeeded": ids.count])
      let notOnce = ids.filter { histories[$0]?.calls.count != 1 }
      #expect(notOnce.isEmpty, "\(notOnce.count) not run exactly once, for example \(notOnce.prefix(5))")
      // A webhook that was stored and whose answer died with its ingest.
      #expect((0...report.broken).contains(unacknowledged))
    }
  }
}
