// Processes whose clocks are wrong: all times that decide something are Redis's.

import TestSupport
import Testing

extension SystemTests {
  @Suite("Clocks that are an hour off")
  struct ClockTests {
    @Test("change no delay, no deadline and no takeover", .timeLimit(.minutes(2)))
    func off() async throws {
      let directory = try TemporaryDirectory()
      let target = try await CountingTarget.start()
      let system = try await SystemUnderTest.start(ingests: 0, workers: 0)
      defer { system.stop() }
      try await system.addIngest(settings: try Preload.clock(ahead: -3600, in: directory))
      let early = try await system.addWorker(settings: try Preload.clock(ahead: 3600, in: directory))
      try await system.addWorker(settings: try Preload.clock(ahead: -3600, in: directory))
      let call = #"type: request, json: "{{$context.data}}", url: "http://127.0.0.1:\#(target.port)"#
      try await system.apply([
        "pause": """
        trigger: {type: webhook}
        timeout: 5m
        nodes:
          - {key: s1, \(call)/s1"}
          - {key: pause, type: delay, for: 2s}
          - {key: s2, \(call)/s2"}
        """,
        "echo": Workflows.echo,
      ])
      var ids: [String] = []
      for n in 0..<20 { ids.append(try #require(try await system.send("pause", #"{"n":\#(n)}"#).executionID)) }
      // The one whose clock is ahead would be long dead by the others' clocks, and they by its own.
      #expect(try await system.send("echo", #"{"n":1}"#).status == 200)
      await early.kill()
      let final = ids
      try await eventually("all end", within: .seconds(40)) { try system.states(of: final) == ["succeeded": 20] }
      for id in ids {
        let (one, two) = (target.calls(of: id, node: "s1"), target.calls(of: id, node: "s2"))
        #expect(one.count >= 1 && two.count >= 1)
        guard let first = one.last, let second = two.first else { continue }
        let pause = second.at - first.at
        #expect(pause >= .milliseconds(1990) && pause < .seconds(20), "\(pause)")
      }
    }
  }
}
