import JSONCodec
import OutboundHTTP
import Synchronization
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("parallel")
struct ParallelNodeTests {
  private static func nodes(_ mode: String) -> String {
    """
    - key: both
      type: parallel
      mode: \(mode)
      branches:
        - do: [{key: left, type: request, url: "https://a.example/left"}, {key: one, type: variable, set: {l: 1}}]
        - do: [{key: right, type: request, url: "https://a.example/right"}, {key: two, type: variable, set: {r: 2}}]
    - {key: out, type: output, value: {both: "{{$nodes.both}}", l: "{{$vars.l}}", r: "{{$vars.r}}", left: "{{$nodes.left.status}}"}}
    """
  }

  /// Requests that wait for one another: the first is answered only when the second has come.
  private final class Meeting: Sendable {
    private let state = Mutex<(count: Int, waiting: [CheckedContinuation<Void, Never>])>((0, []))

    func join(_ number: Int) async {
      await withCheckedContinuation { continuation in
        let all: [CheckedContinuation<Void, Never>] = state.withLock { state in
          state.count += 1
          state.waiting.append(continuation)
          guard state.count == number else { return [] }
          defer { state.waiting = [] }
          return state.waiting
        }
        for continuation in all { continuation.resume() }
      }
    }
  }

  private static func trial(_ mode: String, _ services: RecordingServices) -> Trial {
    var trial = Trial(nodes(mode))
    trial.services = services
    return trial
  }

  @Test("branches really run at the same time, and what they set is there afterwards")
  func together() async throws {
    let meeting = Meeting()
    let services = RecordingServices { _ in
      await meeting.join(2)
      return OutboundResponse(status: 200, body: [])
    }
    let report = try await Self.trial("all", services).run()
    #expect(report.output?["l"] == 1)
    #expect(report.output?["r"] == 2)
    #expect(report.output?["left"] == 200)
    #expect(report.output?["both"]?.elements.count == 2)
  }

  private static func failing(_ name: String) -> RecordingServices {
    RecordingServices { request in OutboundResponse(status: request.url.hasSuffix(name) ? 404 : 200, body: []) }
  }

  @Test("all: the first failure ends it")
  func all() async throws {
    let report = try await Self.trial("all", Self.failing("right")).run()
    #expect(report.summary.contains("right answered 404"))
    #expect(report.isDeadLetter)
  }

  @Test("race: a branch that is stopped by its condition decides, and nobody has to look after it")
  func stoppedRace() async throws {
    let services = RecordingServices { request throws(OutboundError) in
      do { try await Task.sleep(for: .seconds(600)) } catch {}
      throw OutboundError(kind: .canceled, message: "canceled")
    }
    var trial = Trial(
      """
      - key: both
        type: parallel
        mode: race
        branches:
          - do: [{key: go, type: condition, if: {all: [[1, equal, 2]]}, stopIf: false}]
          - do: [{key: right, type: request, url: "https://a.example/right"}]
      """)
    trial.services = services
    let report = try await trial.run()
    #expect(report.summary.contains("node go: stopped"))
    #expect(!report.isDeadLetter)
  }

  @Test("settled: a branch that is stopped by its condition has failed, and the others count")
  func stoppedBranch() async throws {
    let report = try await Trial(
      """
      - key: both
        type: parallel
        mode: settled
        branches:
          - do: [{key: go, type: condition, if: {all: [[1, equal, 2]]}, stopIf: false}]
          - do: [{key: right, type: map, value: 7}]
      - {key: out, type: output, value: "{{$nodes.both}}"}
      """
    ).run()
    #expect(report.summary == "succeeded")
    #expect(report.output?.elements.map { $0["status"] } == ["failed", "succeeded"])
  }

  @Test("has no timeout of its own, like every node that only waits or holds others")
  func timeout() {
    for (node, hint) in [
      ("type: parallel, branches: [{do: []}]", "set it on the nodes inside, or on the workflow"),
      ("type: loop, over: 2, do: []", "set it on the nodes inside, or on the workflow"),
      ("type: delay, for: 2s", "\"for\" and \"until\" say how long it waits"),
      ("type: wait, for: 2s", "\"for\" says how long it waits"),
    ] {
      let problems = Trial.problems("- {key: n, \(node), timeout: 1s}")
      #expect(problems.contains("node has no \"timeout\": \(hint)"), "\(problems)")
    }
  }

  @Test("settled: every branch has its end, whatever it is")
  func settled() async throws {
    let report = try await Self.trial("settled", Self.failing("right")).run()
    #expect(report.output?["both"]?.elements.map { $0["status"] } == ["succeeded", "failed"])
  }

  @Test("any: the first that succeeds; if none does, it fails")
  func any() async throws {
    #expect(try await Self.trial("any", Self.failing("left")).run().output?["both"] == ["r": 2])
    #expect(try await Self.trial("any", Self.failing("t")).run().summary.contains("no branch succeeded"))
  }

  @Test("race: the loser is cancelled, its request too, and a later run decides the same")
  func race() async throws {
    let cancelled = Mutex(0)
    let isUnderWay = Mutex(false)
    let services = RecordingServices { request throws(OutboundError) in
      if request.url.hasSuffix("left") {
        while !isUnderWay.withLock({ $0 }) { await Task.yield() }
        return OutboundResponse(status: 200, body: [])
      }
      if request.url.hasSuffix("fails") { return OutboundResponse(status: 503, body: []) }
      isUnderWay.withLock { $0 = true }
      do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.withLock { $0 += 1 } }
      throw OutboundError(kind: .canceled, message: "canceled")
    }
    var trial = Trial(
      Self.nodes("race")
        + "\n- {key: later, type: request, url: \"https://a.example/fails\", retry: {attempts: 2, delay: 1ms}}")
    trial.services = services
    var life = Life(trial)
    #expect(try await life.end().summary.contains("answered 503"))
    #expect(cancelled.withLock { $0 } == 1)
    #expect(services.requests.filter { $0.url.hasSuffix("right") }.count == 1)
    #expect(services.requests.filter { $0.url.hasSuffix("left") }.count == 1)
  }

  @Test("an end in one branch ends the execution and cancels the others")
  func ended() async throws {
    var trial = Trial(
      """
      - key: both
        type: parallel
        branches:
          - do: [{key: stop, type: end, status: failed, message: enough}]
          - do: [{key: slow, type: request, url: "https://a.example"}]
      """)
    trial.services = RecordingServices { _ throws(OutboundError) in
      try? await Task.sleep(for: .seconds(600))
      throw OutboundError(kind: .canceled, message: "canceled")
    }
    let report = try await trial.run()
    #expect(report.summary.contains("enough"))
    #expect(!report.isDeadLetter)
  }

  @Test("one branch waits while the other goes on to its end; both are taken up where they were")
  func waiting() async throws {
    var trial = Trial(
      """
      - key: both
        type: parallel
        branches:
          - do: [{key: pause, type: delay, for: 10s}, {key: left, type: request, url: "https://a.example/left"}]
          - do: [{key: hold, type: wait, for: 1h}, {key: right, type: request, url: "https://a.example/right"}]
      - {key: out, type: output, value: "{{$nodes.hold.data}}"}
      """)
    let services = RecordingServices()
    trial.services = services
    let began = ContinuousClock.now
    let first = try await trial.run()
    let wait = try #require(first.suspension)
    #expect(wait.callbacks.count == 1)
    let elapsed = Int64((ContinuousClock.now - began) / .milliseconds(1))
    #expect((trial.time + 10_000..<trial.time + 11_000 + elapsed).contains(wait.until))
    trial.records = try trial.journal.stored() + first.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    trial.time = wait.until
    trial.journal = MemoryJournal()
    let second = try await trial.run()
    #expect(services.requests.map(\.url) == ["https://a.example/left"])
    #expect(second.suspension?.callbacks == wait.callbacks)
    trial.records +=
      try trial.journal.stored() + second.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    trial.arrivals = [wait.callbacks[0]: Array(#"{"data":7}"#.utf8)]
    let last = try await trial.run()
    #expect(last.output == 7)
    #expect(services.requests.count == 2)
  }

  @Test("after a crash at any checkpoint nothing that is finished is sent again", arguments: ["all", "settled", "any"])
  func crashes(mode: String) async throws {
    for k in 1...3 {
      let services = RecordingServices()
      var life = Life(Self.trial(mode, services))
      life.faults = [.after(k)]
      #expect(try await life.end().summary == "succeeded")
      #expect(Set(services.idempotencyKeys).count <= 2)
      #expect(services.idempotencyKeys.count <= 3)
    }
  }

  @Test("is refused without branches")
  func mistakes() {
    #expect(Trial.problems("- {key: a, type: parallel}").contains("branches"))
    #expect(Trial.problems("- {key: a, type: parallel, branches: [{}]}").contains("a branch needs \"do\""))
    #expect(Trial.problems("- {key: a, type: parallel, mode: some, branches: [{do: []}]}").contains("mode"))
  }
}
