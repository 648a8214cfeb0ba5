// Limits of time and pace in the whole system, with more than one worker.

import ProcessSupport
import TestSupport
import Testing

extension SystemTests {
  @Suite("Limits of time and pace", .system(workers: 2) { LimitWorkflows.all(target: $0) })
  struct LimitTests {
    private static func send(_ key: String, _ body: String) async throws -> String {
      let answer = try await SystemStage.current().system.send(key, body)
      return try #require(answer.executionID, "\(answer.status) \(answer.text)")
    }

    @Test("an execution whose time is over ends in the middle of its request, and its caller hears of it")
    func running() async throws {
      let stage = try SystemStage.current()
      _ = stage.gate("slow")
      let began = ContinuousClock.now
      let answer = try await stage.system.send("hurried", #"{"n":"slow"}"#)
      #expect(ContinuousClock.now - began >= .milliseconds(900))
      #expect(answer.status == 500)
      #expect(answer.text.contains("took longer than its timeout"), "\(answer.text)")
      let id = try #require(answer.executionID)
      #expect(try stage.system.field("st", of: id) == "timedOut")
      for worker in stage.system.workers {
        try await eventually("its worker is free", within: .seconds(10)) {
          try await worker.metric("millrace_worker_running") == 0
        }
      }
    }

    @Test("who waits for a lane ends when its time is over, and those behind it wait on")
    func parked() async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate("lane")
      let first = try await Self.send("lane", #"{"n":"lane","i":1}"#)
      try await eventually("the first one runs", within: .seconds(20)) {
        stage.target.calls.contains { $0.execution == first }
      }
      // Applied anew, the same workflow has a shorter time: for what comes from the moment on at which ingest knows it.
      try await stage.system.apply(["lane": LimitWorkflows.lane(stage.target, timeout: "1s")])
      var patient: [String] = []
      var hasty = ""
      repeat {
        if !hasty.isEmpty { patient.append(hasty) }
        hasty = try await Self.send("lane", #"{"n":"lane","i":2}"#)
      } while try stage.system.field("to", of: hasty) != "1000"
      try await eventually("its time is over", within: .seconds(20)) { [hasty] in
        try stage.system.field("st", of: hasty) == "timedOut"
      }
      #expect(try stage.system.field("st", of: first) == "running")
      gate.open()
      let others = [first] + patient
      try await eventually("the others end", within: .seconds(30)) {
        try stage.system.states(of: others) == ["succeeded": others.count]
      }
      #expect(stage.target.calls(of: hasty, node: "s1").isEmpty)
      #expect(try stage.system.redis.command("EXISTS", "{p0}:parked", "{p0}:patience", "{p0}:lane:w:lane:held") == "0")
    }

    @Test("requests under one pace leave no faster than it says, over all workers")
    func pace() async throws {
      let stage = try SystemStage.current()
      var ids: [String] = []
      for number in 0..<12 { ids.append(try await Self.send("paced", #"{"n":"paced","i":\#(number)}"#)) }
      let all = ids
      try await eventually("all end", within: .seconds(30)) {
        try stage.system.states(of: all) == ["succeeded": all.count]
      }
      let calls = stage.target.calls.filter { all.contains($0.execution) }.map(\.at).sorted()
      #expect(calls.count == all.count)
      // One in 100 ms: the last of twelve leaves 1.1 s after the first, or later.
      if let first = calls.first, let last = calls.last { #expect(last - first >= .milliseconds(1000)) }
    }
  }
}

private enum LimitWorkflows {
  static func lane(_ target: CountingTarget, timeout: String) -> String {
    """
    trigger: {type: webhook}
    concurrency: 1
    timeout: \(timeout)
    nodes:
      - {key: s1, type: request, url: "http://127.0.0.1:\(target.port)/s1", json: "{{$context.data}}"}
    """
  }

  static func all(target: CountingTarget) -> [String: String] {
    let call = #"type: request, json: "{{$context.data}}", url: "http://127.0.0.1:\#(target.port)/s1"#
    return [
      "hurried": """
      trigger: {type: webhook, mode: sync, timeout: 30s}
      timeout: 1s
      nodes:
        - {key: s1, \(call)"}
      """,
      "lane": lane(target, timeout: "1h"),
      "paced": """
      trigger: {type: webhook}
      nodes:
        - {key: s1, throttle: {limit: 1, per: 100ms}, \(call)"}
      """,
    ]
  }
}
