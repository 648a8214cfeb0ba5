// A worker that stood still while others took its executions over comes back: it must not change anything.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Paused workers")
  struct PausedWorkerTests {
    private static let executions = 20
    private static let rounds = 3

    @Test("a worker that was fenced out changes nothing, and then works again", .timeLimit(.minutes(2)))
    func fencedOut() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { if $0.node == "s2" { await gate.pass() } }
      let system = try await SystemUnderTest.start(ingests: 1, workers: 1)
      defer { system.stop() }
      let trigger = "{type: webhook, mode: sync, timeout: 60s}"
      try await system.apply([
        "steps": target.steps(3, trigger: trigger), "echo": Workflows.echo,
      ])
      let paused = system.workers[0]
      let callers = try await waitingCallers(system)
      try await eventually("all executions stand in their second step", within: .seconds(30)) {
        target.calls.filter { $0.node == "s2" }.count == Self.executions
      }
      paused.pause()
      gate.open()
      let other = try await system.addWorker()
      let answers = try await callers.values()
      #expect(answers.allSatisfy { $0.status == 200 })
      try await system.waitUntilDrained()
      let calls = target.calls.count
      let ids = answers.compactMap(\.executionID)
      let records = try ids.map { try system.record(of: $0) }

      paused.resume()
      try await eventually("the paused worker has noticed every loss", within: .seconds(20)) {
        try await paused.metric("millrace_worker_lost_total") == Double(Self.executions)
      }
      #expect(target.calls.count == calls)
      #expect(try ids.map { try system.record(of: $0) } == records)
      // The same connections carry one more call each: nobody got a second answer.
      try await callers.expectNothingFurther()

      #expect(await other.stop())
      let answer = try await system.send("echo", #"{"token":"again"}"#)
      #expect(answer.text == #"{"token":"again"}"#)
      let repeats = target.histories.values.reduce(0) { $0 + $1.repeats }
      print("PausedWorkerTests executions=\(ids.count) calls=\(calls) repeated steps=\(repeats)")
      #expect(target.histories.values.allSatisfy { !$0.repeatsFinishedStep && $0.repeats == 1 })
    }

    @Test("a worker that was paused at any moment repeats one call of each execution at most, and writes nothing")
    func anyMoment() async throws {
      var random = SeededGenerator()
      let target = try await CountingTarget.start { _ in try? await Task.sleep(for: .milliseconds(3)) }
      let system = try await SystemUnderTest.start(ingests: 1, workers: 1)
      defer { system.stop() }
      try await system.apply(["steps": target.steps(5)])
      var late = 0
      var held = 0
      for _ in 0..<Self.rounds {
        let paused = system.workers[system.workers.count - 1]
        let load = SystemLoad.start(ports: system.ports, connections: 8, perSecond: 400) {
          .webhook("steps", #"{"n":\#($0)}"#)
        }
        let lost = try await paused.metric("millrace_worker_lost_total")
        try await Task.sleep(for: random.milliseconds(200...600))
        paused.pause()
        // Redis answers the first question after all that the worker had sent before it stood still.
        _ = try system.entries(heldBy: paused.name)
        let entries = try system.entries(heldBy: paused.name).count
        _ = await load.stop()
        try await system.addWorker()
        try await system.waitUntilDrained()
        let before = target.calls
        let keys = Set(before.map { "\($0.execution):\($0.node)" })
        let ids = Set(before.map(\.execution))
        let records = try ids.map { try system.record(of: $0) }
        paused.resume()
        try await eventually("the paused worker has noticed every loss", within: .seconds(20)) {
          try await paused.metric("millrace_worker_lost_total") - lost >= Double(entries)
        }
        // What it was about to call when it stood still it may call once more, as after a crash: under the same key.
        let further = target.calls.dropFirst(before.count)
        #expect(Set(further.map(\.execution)).count == further.count)
        #expect(further.allSatisfy { keys.contains("\($0.execution):\($0.node)") })
        #expect(try ids.map { try system.record(of: $0) } == records)
        late += further.count
        held += entries
        #expect(await paused.stop())
      }
      print("PausedWorkerTests seed=\(random.seed) rounds=\(Self.rounds) held=\(held) late calls=\(late)")
      #expect(late <= held)
    }

    private struct Callers {
      let connections: [SystemConnection]
      let answers: [SystemConnection.PendingAnswer]

      func values() async throws -> [SystemAnswer] {
        var values: [SystemAnswer] = []
        for answer in answers { values.append(try await answer.value()) }
        return values
      }

      func expectNothingFurther() async throws {
        for (number, connection) in connections.enumerated() {
          let answer = try await connection.send(.webhook("echo", #"{"token":"\#(number)"}"#))
          #expect(answer.text == #"{"token":"\#(number)"}"#)
        }
      }
    }

    private func waitingCallers(_ system: SystemUnderTest) async throws -> Callers {
      var connections: [SystemConnection] = []
      var answers: [SystemConnection.PendingAnswer] = []
      for number in 0..<Self.executions {
        let connection = try await SystemConnection.open(port: system.port)
        answers.append(connection.expect(within: .seconds(60)))
        connection.write(SystemRequest.webhook("steps", #"{"n":\#(number)}"#).wire)
        connections.append(connection)
      }
      return Callers(connections: connections, answers: answers)
    }
  }
}
