// Workers are killed again and again while webhooks come in: every one that was acknowledged is finished by others.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Killed workers")
  struct WorkerCrashTests {
    private struct Kill {
      let at: ContinuousClock.Instant
      /// The stream entries that the dead worker held.
      let held: Set<String>
    }

    private static let kills = 50
    private static let steps = 5

    @Test("fifty killed workers lose nothing, and no finished node runs again", .timeLimit(.minutes(4)))
    func kills() async throws {
      var random = SeededGenerator()
      let pauses = random
      let target = try await CountingTarget.start { call in
        try? await Task.sleep(for: .milliseconds(10 + Int(UInt64(call.index) &* 7 &+ pauses.seed) % 50))
      }
      let system = try await SystemUnderTest.start(ingests: 2, workers: 3, appendOnly: .always)
      defer { system.stop() }
      try await system.apply(["steps": target.steps(Self.steps)])
      let load = SystemLoad.start(ports: system.ports, connections: 8, perSecond: 60) {
        .webhook("steps", #"{"n":\#($0)}"#)
      }
      try await eventually("the load runs") { load.acknowledgedCount > 20 }

      var kills: [Kill] = []
      for _ in 0..<Self.kills {
        let worker = system.workers[Int.random(in: 0..<system.workers.count, using: &random)]
        let pause = random.milliseconds(400...1000)
        let at = ContinuousClock.now
        await worker.kill()
        kills.append(Kill(at: at, held: Set(try system.entries(heldBy: worker.name))))
        try await worker.start()
        try await Task.sleep(until: at + pause)
      }
      let report = await load.stop()
      try await system.waitUntilDrained()
      // Chance has killed the workers of some three times: those are dead letters, and go on where they were.
      let ids = report.acknowledged.map(\.executionID)
      let dead = Set(
        try system.redis.command("ZRANGE", "{p0}:dead", "0", "-1").split(separator: "\n")
          .map { SystemUnderTest.entry(of: "0-\($0)") })
      #expect(dead.count == (try system.states(of: ids)["error", default: 0]))
      _ = try await system.command("redrive")
      try await system.waitUntilDrained()

      let histories = target.histories
      let recovery = recovery(after: kills, acknowledged: ids, redriven: dead, histories)
      let repeats = histories.values.reduce(0) { $0 + $1.repeats }
      print(
        "WorkerCrashTests seed=\(random.seed) kills=\(kills.count) \(report.summary) "
          + "held at kills=\(kills.reduce(0) { $0 + $1.held.count }) repeated steps=\(repeats) "
          + "redriven=\(dead.count) recoveries=\(recovery.count) \(recovery.summary)")
      #expect(try system.states(of: ids) == ["succeeded": report.acknowledged.count])
      #expect(report.sent == report.acknowledged.count)
      expectSteps(of: report, histories, kills)
      #expect(recovery.longest <= .seconds(10))
    }

    private func expectSteps(of report: SystemLoad.Report, _ histories: [String: StepHistory], _ kills: [Kill]) {
      #expect(histories.count == report.acknowledged.count)
      var broken: [String] = []
      for acknowledged in report.acknowledged {
        let id = acknowledged.executionID
        let interruptions = kills.filter { $0.held.contains(SystemUnderTest.entry(of: id)) }.count
        guard let history = histories[id], history.distinct == Set(1...Self.steps), !history.repeatsFinishedStep,
          history.repeats <= interruptions,
          history.calls.allSatisfy({ $0.body == #"{"n":\#(acknowledged.number)}"# })
        else {
          broken.append("\(id) interrupted \(interruptions) times: \(histories[id]?.text ?? "never ran")")
          continue
        }
      }
      #expect(broken.isEmpty, "\(broken.count) broken, for example \(broken.prefix(10).joined(separator: "; "))")
    }

    /// From each kill to the next step of each execution that the dead worker held, unless it was finished but for its
    /// settlement, or its next worker was killed before it could go on (that kill has a time of its own), or this kill made
    /// it a dead letter.
    private func recovery(
      after kills: [Kill], acknowledged: [String], redriven: Set<String>, _ histories: [String: StepHistory]
    ) -> Times {
      let ids = Dictionary(uniqueKeysWithValues: acknowledged.map { (SystemUnderTest.entry(of: $0), $0) })
      var times: [Duration] = []
      for (number, kill) in kills.enumerated() {
        for entry in kill.held {
          guard let next = ids[entry].flatMap({ histories[$0] })?.calls.first(where: { $0.at > kill.at }) else {
            continue
          }
          let killedAgain = kills[(number + 1)...].first { $0.held.contains(entry) }
          if let killedAgain, killedAgain.at < next.at { continue }
          if killedAgain == nil, redriven.contains(entry) { continue }
          times.append(next.at - kill.at)
        }
      }
      return Times(times)
    }
  }
}
