// Executions that wait, in the whole system: delays, callbacks, further attempts, lanes, cancelling, dead letters.

import JSONCodec
import ProcessSupport
import Synchronization
import TestSupport
import Testing

extension SystemTests {
  @Suite("Executions that wait", .system(workers: 2) { WaitingWorkflows.all(target: $0) })
  struct WaitingTests {
    private static func id(_ answer: SystemAnswer) throws -> String {
      try #require(answer.executionID, "\(answer.status) \(answer.text)")
    }

    @Test("a delay holds nobody and ends on time, also when every worker is killed meanwhile")
    func delay() async throws {
      let stage = try SystemStage.current()
      let id = try Self.id(try await stage.system.send("pause", #"{"n":"delay"}"#))
      try await eventually("it waits", within: .seconds(10)) { try stage.system.field("st", of: id) == "waiting" }
      #expect(try stage.system.redis.command("ZSCORE", "{p0}:due", String(id.suffix(16))) != "")
      for worker in stage.system.workers where worker.isRunning { await worker.kill() }
      try await stage.system.addWorker()
      try await stage.system.addWorker()
      try await eventually("it ends", within: .seconds(30)) { try stage.system.field("st", of: id) == "succeeded" }
      let (one, two) = (stage.target.calls(of: id, node: "s1"), stage.target.calls(of: id, node: "s2"))
      #expect(one.count == 1 && two.count == 1)
      #expect(two[0].at - one[0].at >= .milliseconds(1500))
    }

    @Test("a synchronous caller hears what the one who was asked answers; a second call and a late one change nothing")
    func approval() async throws {
      let stage = try SystemStage.current()
      async let waiting = stage.system.send("approve", #"{"n":"approval"}"#)
      try await eventually("it is told", within: .seconds(20)) {
        stage.target.calls.contains { $0.node == "tell" && $0.body.contains("approval") }
      }
      let told = try #require(stage.target.calls.first { $0.node == "tell" && $0.body.contains("approval") })
      let link = try #require(try JSON.parse(told.body)["link"]?.stringValue)
      let path = try #require(link.firstRange(of: "/api/resume/").map { String(link[$0.lowerBound...]) })
      #expect(link.hasPrefix("http://localhost/api/resume/"))
      func call(_ path: String, _ json: String) async throws -> SystemAnswer {
        var request = SystemRequest("POST", path)
        request.body = Array(json.utf8)
        request.headers = [("content-type", "application/json")]
        return try await SystemConnection.send(request, port: stage.system.port, within: .seconds(10))
      }
      #expect(try await call(path, "{oops").status == 400)
      #expect(try await call(String(path.dropLast()) + "0", "{}").status == 404)
      #expect(try await call("/api/resume/nonsense", "{}").status == 404)
      let id = String(path.dropFirst("/api/resume/".count).dropLast(17))
      try await eventually("it waits") { try stage.system.field("st", of: id) == "waiting" }
      #expect(try await stage.system.command("show", id).contains("hold: a call of \(link), until "))
      #expect(try await call(path, #"{"ok":1}"#).status == 200)
      let answer = try await waiting
      #expect(answer.status == 200)
      #expect(answer.text == #"{"ok":1}"#)
      let again = try await call(path, #"{"ok":2}"#)
      #expect(again.status == 200 && again[header: "Idempotent-Replayed"] == "true")
    }

    @Test("no more of a workflow run at once than its concurrency says, and all do run")
    func concurrency() async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate("narrow")
      var ids: [String] = []
      for _ in 0..<8 { ids.append(try Self.id(try await stage.system.send("narrow", #"{"n":"narrow"}"#))) }
      let mine = Set(ids)
      try await eventually("two have come", within: .seconds(20)) {
        stage.target.calls.count { mine.contains($0.execution) } == 2
      }
      #expect(try stage.system.states(of: ids) == ["running": 2, "waiting": 6])
      let last = try await stage.system.command("show", ids[7])
      #expect(last.contains(/waits for +its turn by the workflow's concurrency\n/), "\(last)")
      #expect(try await stage.system.command("cancel", ids[7]).contains("canceled"))
      let canceled = try await stage.system.command("show", ids[7])
      #expect(!canceled.contains("waits for") && !canceled.contains(/runs +\d/), "\(canceled)")
      gate.open()
      let final = ids
      try await eventually("all end", within: .seconds(30)) {
        try stage.system.states(of: final) == ["succeeded": 7, "canceled": 1]
      }
      #expect(try stage.system.redis.command("EXISTS", "{p0}:lane:w:narrow:held", "{p0}:lane:w:narrow:parked") == "0")
    }

    @Test("executions with the same key run one after another in the order in which they came")
    func order() async throws {
      let stage = try SystemStage.current()
      var ids: [String] = []
      for n in 0..<20 {
        ids.append(try Self.id(try await stage.system.send("queue", #"{"key":"k\#(n % 2)","i":\#(n)}"#)))
      }
      let final = ids
      try await eventually("all end", within: .seconds(60)) { try stage.system.states(of: final) == ["succeeded": 20] }
      for key in 0..<2 {
        let expected = ids.enumerated().filter { $0.offset % 2 == key }.flatMap { [$0.element, $0.element] }
        #expect(stage.target.calls.map(\.execution).filter(Set(expected).contains) == expected)
      }
    }

    @Test("cancelling ends an execution in the middle of its request, and its caller hears of it at once")
    func cancel() async throws {
      let stage = try SystemStage.current()
      _ = stage.gate("cancel")
      async let waiting = stage.system.send("held", #"{"n":"cancel"}"#)
      try await eventually("it runs", within: .seconds(20)) {
        stage.target.calls.contains { $0.body.contains("cancel") }
      }
      let id = try #require(stage.target.calls.first { $0.body.contains("cancel") }?.execution)
      let began = ContinuousClock.now
      #expect(try await stage.system.command("cancel", id) == "\(id) canceled\n")
      let answer = try await waiting
      #expect(answer.status == 500)
      #expect(answer.text.contains("canceled by an operator"))
      #expect(ContinuousClock.now - began < .seconds(3))
      #expect(try stage.system.field("st", of: id) == "canceled")
      for worker in stage.system.workers where worker.isRunning {
        try await eventually("its worker is free", within: .seconds(1)) {
          try await worker.metric("millrace_worker_running") == 0
        }
      }
      #expect(try await millrace("cancel", id, "--redis-url", stage.system.redis.url).code == 1)
    }

    @Test("what fails for good is a dead letter, and goes on where it failed")
    func deadLetters() async throws {
      let stage = try SystemStage.current()
      let id = try Self.id(try await stage.system.send("broken", #"{"n":"dead"}"#))
      try await eventually("it fails", within: .seconds(30)) { try stage.system.field("st", of: id) == "failed" }
      let dead = try JSON.parse(try await stage.system.command("dead", "--json", "--workflow", "broken"))
      #expect(dead.elements.map { $0["executionId"]?.stringValue } == [id])
      #expect(dead.elements.first?["reason"] == "failed")
      #expect(try await stage.system.command("redrive", "--workflow", "broken").hasPrefix("1 run again"))
      try await eventually("it fails again", within: .seconds(30)) {
        try JSON.parse(try await stage.system.command("dead", "--json", "--workflow", "broken")).elements.count == 1
      }
      #expect(stage.target.calls(of: id, node: "s1").count == 1)
      _ = try await stage.system.command("retry", id, "--from", "s1")
      try await eventually("s1 is run again", within: .seconds(30)) {
        stage.target.calls(of: id, node: "s1").count == 2
      }
      try await eventually("it ends", within: .seconds(30)) { try stage.system.field("st", of: id) == "failed" }
      let list = try JSON.parse(
        try await stage.system.command("executions", "--workflow", "broken", "--state", "failed", "--json"))
      #expect(list.elements.first?["executionId"]?.stringValue == id)
      let counts = try JSON.parse(try await stage.system.command("executions", "--count", "--json"))
      #expect(counts["ended"]?["broken"]?["failed"]?.intValue == 3)
      let own = try JSON.parse(
        try await stage.system.command("executions", "--count", "--json", "--workflow", "broken"))
      #expect(own.members.map(\.key) == ["ended"] && own["ended"]?.members.map(\.key) == ["broken"])
      let lines = try await stage.system.command("export", "--workflow", "broken").split(separator: "\n")
      #expect(lines.count == 1)
      #expect(try JSON.parse(String(lines[0]))["executionId"]?.stringValue == id)
      let sql = try await stage.system.command("export", "--workflow", "broken", "--sql")
      #expect(sql.contains("copy millrace_import from stdin;\n\(id)\tbroken\tfailed\t"))
    }
  }

  @Suite("An execution that kills its worker") struct CrashLimitTests {
    @Test("three times becomes a dead letter, and nobody beside it does")
    func crashLimit() async throws {
      let target = try await CountingTarget.start { call in
        if call.body.contains("poison") { try? await Task.sleep(for: .seconds(600)) }
      }
      let system = try await SystemUnderTest.start(workers: 1)
      defer { system.stop() }
      try await system.apply(["flow": target.steps(1)])
      let poison = try #require(try await system.send("flow", #"{"n":"poison"}"#).executionID)
      for round in 1...3 {
        try await eventually("it runs, round \(round)", within: .seconds(30)) {
          target.calls(of: poison, node: "s1").count == round
        }
        let neighbour = try #require(try await system.send("flow", #"{"n":"fine"}"#).executionID)
        try await eventually("its neighbour ends", within: .seconds(30)) {
          try system.field("st", of: neighbour) == "succeeded"
        }
        for worker in system.workers where worker.isRunning { await worker.kill() }
        try await system.addWorker()
      }
      try await eventually("it is a dead letter", within: .seconds(30)) {
        try system.field("dead", of: poison) == "crashes"
      }
      #expect(try system.field("st", of: poison) == "error")
      #expect(try await system.command("dead").contains("its worker died 3 times"))
    }
  }
}

private enum WaitingWorkflows {
  static func all(target: CountingTarget) -> [String: String] {
    let url = "http://127.0.0.1:\(target.port)"
    let call = #"{type: request, json: "{{$context.data}}", url: "\#(url)"#
    return [
      "pause": """
      trigger: {type: webhook}
      nodes:
        - {key: s1, \(call.dropFirst())/s1"}
        - {key: pause, type: delay, for: 1500ms}
        - {key: s2, \(call.dropFirst())/s2"}
      """,
      "approve": """
      trigger: {type: webhook, mode: sync, timeout: 30s}
      nodes:
        - key: hold
          type: wait
          for: 1h
          do: [{key: tell, type: request, url: "\(url)/tell", json: {link: "{{$scopes.hold.url}}", n: "{{$context.data.n}}"}}]
        - {key: out, type: output, value: "{{$nodes.hold.data}}"}
      """,
      "narrow": "trigger: {type: webhook}\nconcurrency: 2\nnodes:\n  - {key: s1, \(call.dropFirst())/s1\"}\n",
      "queue": """
      trigger: {type: webhook}
      order: "{{$context.data.key}}"
      nodes:
        - {key: s1, \(call.dropFirst())/s1"}
        - {key: s2, \(call.dropFirst())/s2"}
      """,
      "held": "trigger: {type: webhook, mode: sync, timeout: 30s}\nnodes:\n  - {key: s1, \(call.dropFirst())/s1\"}\n",
      "broken": """
      trigger: {type: webhook}
      nodes:
        - {key: s1, \(call.dropFirst())/s1"}
        - {key: bad, type: request, url: "http://127.0.0.1:1/", retry: {attempts: 2, delay: 50ms}}
      """,
    ]
  }
}
