// Synchronous callers: each gets its own answer or an explicit status, never another's, never a hang.

import TestSupport
import Testing

private enum Endings {
  static let failing = """
    trigger: {type: webhook, mode: sync, timeout: 30s}
    nodes:
      - {key: stop, type: end, status: failed, message: "no stock for {{$context.data.n}}"}
    """

  static func early(_ port: Int) -> String {
    """
    trigger: {type: webhook, mode: sync, timeout: 30s}
    nodes:
      - {key: answer, type: response, status: 201, body: {got: "{{$context.data.n}}"}, end: false}
      - {key: s1, type: request, url: "http://127.0.0.1:\(port)/early", json: "{{$context.data}}"}
    """
  }
}

extension SystemTests {
  @Suite(
    "Synchronous callers",
    .system(ingests: 2, workers: 2) { target in
      func call(_ settings: String) -> String {
        Workflows.call(target.port, trigger: "{type: webhook, mode: sync, \(settings)}")
      }
      return [
        "echo": Workflows.echo, "patient": call("timeout: 30s"), "brief": call("timeout: 300ms"),
        "strict": call("timeout: 300ms, onTimeout: error"), "failing": Endings.failing,
        "early": Endings.early(target.port),
      ]
    })
  struct SynchronousTests {
    @Test("a thousand callers at once each get their own answer")
    func thousand() async throws {
      let system = try SystemStage.current().system
      let ports = system.ports
      let begin = ContinuousClock.now
      let times = try await withThrowingTaskGroup(of: Duration.self) { group in
        for number in 0..<1000 {
          group.addTask {
            let connection = try await SystemConnection.open(port: ports[number % ports.count])
            defer { connection.close() }
            let sent = ContinuousClock.now
            let token = "caller-\(number)-of-this-run"
            let answer = try await connection.send(.webhook("echo", #"{"token":"\#(token)"}"#), within: .seconds(40))
            #expect(answer.status == 200)
            #expect(answer.text == #"{"token":"\#(token)"}"#)
            return .now - sent
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      print("SynchronousTests callers=\(times.count) in \(ContinuousClock.now - begin) \(Times(times).summary)")
      #expect(times.count == 1000)
    }

    @Test("after the deadline a caller gets 202 and finds the result at its Location")
    func deadline() async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate("deadline")
      let answer = try await stage.system.send("brief", #"{"n":"deadline"}"#)
      #expect(answer.status == 202)
      let id = try #require(answer.executionID)
      let place = try #require(answer[header: "Location"])
      #expect(place == "/api/executions/\(id)/result")
      let meanwhile = try await SystemConnection.send(.get(place), port: stage.system.port)
      #expect(meanwhile.status == 202)
      gate.open()
      // The other ingest knows it too: the result is in Redis.
      try await eventually("the result is there") {
        let result = try await SystemConnection.send(.get(place), port: stage.system.ports[1])
        return result.status == 200 && result.text == #"{"done":"deadline"}"#
      }
    }

    @Test("with onTimeout: error the deadline is a 504, and the execution goes on")
    func strictDeadline() async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate("strict")
      let answer = try await stage.system.send("strict", #"{"n":"strict"}"#)
      #expect(answer.status == 504)
      #expect(answer[header: "Content-Type"] == "application/problem+json")
      gate.open()
      let id = try #require(answer.executionID)
      try await eventually("it has ended") { try stage.system.field("st", of: id) == "succeeded" }
    }

    @Test("an execution that fails is answered at once, not at the deadline")
    func failure() async throws {
      let stage = try SystemStage.current()
      var times: [Duration] = []
      for number in 0..<20 {
        let sent = ContinuousClock.now
        let answer = try await stage.system.send("failing", #"{"n":\#(number)}"#)
        times.append(.now - sent)
        #expect(answer.status == 500)
        #expect(answer[header: "Content-Type"] == "application/problem+json")
        #expect(answer.text.contains("no stock for \(number)"))
      }
      print("SynchronousTests failures answered after \(Times(times).summary)")
      #expect(Times(times).longest < .seconds(2))
    }

    @Test("Prefer: respond-async and wait=0 are honoured", arguments: ["respond-async", "wait=0"])
    func preference(_ preference: String) async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate(preference)
      let answer = try await stage.system.send(
        "patient", #"{"n":"\#(preference)"}"#, headers: [(name: "Prefer", value: preference)])
      #expect(answer.status == 202)
      let place = try #require(answer[header: "Location"])
      gate.open()
      try await eventually("the result is there") {
        try await SystemConnection.send(.get(place), port: stage.system.port).text == #"{"done":"\#(preference)"}"#
      }
    }

    @Test("an early reply is given at once, and the execution goes on")
    func earlyReply() async throws {
      let stage = try SystemStage.current()
      let gate = stage.gate("early")
      let answer = try await stage.system.send("early", #"{"n":"early"}"#)
      #expect(answer.status == 201)
      #expect(answer.text == #"{"got":"early"}"#)
      let id = try #require(answer.executionID)
      try await eventually("it goes on") { stage.target.calls(of: id, node: "s1").count == 1 }
      #expect(try stage.system.field("st", of: id) == "running")
      gate.open()
      try await eventually("it has ended") { try stage.system.field("st", of: id) == "succeeded" }
    }
  }

  @Suite("Synchronous callers without a worker", .system(workers: 0) { _ in ["echo": Workflows.echo] })
  struct WorkerlessTests {
    @Test("no live worker is a 503 with Retry-After")
    func noWorker() async throws {
      let answer = try await SystemStage.current().system.send("echo", #"{"token":"x"}"#)
      #expect(answer.status == 503)
      #expect(answer[header: "Retry-After"] != nil)
    }
  }
}
