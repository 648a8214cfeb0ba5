// SIGTERM, as every deploy sends it: work is handed back uncounted, callers get their answers.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Graceful stops")
  struct GracefulStopTests {
    @Test("a stopped worker hands its executions back, and they go on elsewhere within two seconds")
    func worker() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { if $0.node == "s2" { await gate.pass() } }
      let system = try await SystemUnderTest.start(workerSettings: ["MILLRACE_SHUTDOWN_GRACE": "300ms"])
      defer { system.stop() }
      try await system.apply(["steps": target.steps(3)])
      var ids: [String] = []
      for number in 0..<10 {
        ids.append(try #require(try await system.send("steps", #"{"n":\#(number)}"#).executionID))
      }
      try await eventually("all stand in their second step") { target.calls.filter { $0.node == "s2" }.count == 10 }
      let stopping = system.workers[0]
      try await system.addWorker()
      let called = target.calls.count
      #expect(await stopping.stop())
      let gone = ContinuousClock.now
      gate.open()
      try await eventually("all go on elsewhere", within: .seconds(5)) { target.calls.count >= called + 10 }
      let time = ContinuousClock.now - gone
      try await system.waitUntilDrained()

      print("GracefulStopTests executions=\(ids.count) went on elsewhere \(time) after the worker's end")
      #expect(time <= .seconds(2))
      for id in ids {
        #expect(try system.field("st", of: id) == "succeeded")
        #expect(["", "0"].contains(try system.field("crashes", of: id)))
        #expect(target.histories[id]?.text == "1,2,2,3")
      }
    }

    @Test("a worker with time enough finishes what it has")
    func patientWorker() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { if $0.node == "s2" { await gate.pass() } }
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["steps": target.steps(3)])
      let id = try #require(try await system.send("steps", #"{"n":1}"#).executionID)
      try await eventually("it stands in its second step") { target.calls(of: id, node: "s2").count == 1 }
      let worker = system.workers[0]
      worker.requestStop()
      gate.open()
      #expect(await worker.stop())
      #expect(try system.field("st", of: id) == "succeeded")
      #expect(target.histories[id]?.text == "1,2,3")
    }

    @Test("a stopped ingest answers every webhook that it has accepted")
    func ingest() async throws {
      let target = try await CountingTarget.start()
      let system = try await SystemUnderTest.start(ingests: 2, workers: 1)
      defer { system.stop() }
      let trigger = "{type: webhook, mode: sync, timeout: 30s}"
      try await system.apply(["step": target.steps(1), "wait": target.steps(1, trigger: trigger)])
      let load = SystemLoad.start(ports: system.ports, connections: 16, perSecond: 120) {
        .webhook($0 % 2 == 0 ? "step" : "wait", #"{"n":\#($0)}"#)
      }
      for number in 1...4 {
        let before = load.acknowledgedCount
        try await eventually("the load runs") { load.acknowledgedCount > before + 60 }
        let stopping = system.ingests[number % 2]
        #expect(await stopping.stop())
        try await stopping.start()
        try await stopping.waitUntilReady()
      }
      let report = await load.stop()
      try await system.waitUntilDrained()

      let answered = Set(report.acknowledged.map(\.executionID))
      let ran = Set(target.histories.keys)
      print("GracefulStopTests stops of ingest=4 \(report.summary) ran=\(ran.count)")
      #expect(ran == answered)
    }
  }
}
