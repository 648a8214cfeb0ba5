// Branches that wait while others are at work: their time comes in the same run, and nothing of them is lost.

import JSONCodec
import OutboundHTTP
import Synchronization
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("A branch that waits beside others", .timeLimit(.minutes(1)))
struct BranchTimerTests {
  /// Requests to `/slow` are answered only when one to `/open` has come.
  private static func services() -> RecordingServices {
    let gate = AsyncStream<Void>.makeStream()
    return RecordingServices { request throws(OutboundError) in
      if request.url.hasSuffix("/open") { gate.continuation.finish() }
      if request.url.hasSuffix("/slow") { for await _ in gate.stream {} }
      if Task.isCancelled { throw OutboundError(kind: .canceled, message: "canceled") }
      return OutboundResponse(status: 200)
    }
  }

  @Test("goes on when its time has come, though others are still at work")
  func goesOn() async throws {
    let services = Self.services()
    var trial = Trial(
      """
      - key: both
        type: parallel
        branches:
          - do: [{key: slow, type: request, url: "https://a.example/slow"}]
          - do:
              - {key: before, type: request, url: "https://a.example/before"}
              - {key: kept, type: variable, set: {n: 7}}
              - {key: pause, type: delay, for: 20ms}
              - {key: open, type: request, url: "https://a.example/open"}
      - {key: out, type: output, value: "{{$vars.n}}"}
      """)
    trial.services = services
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.output == 7)
    #expect(services.requests.count { $0.url.hasSuffix("/before") } == 1)
    // What it waits for is known to the next worker, should this one die meanwhile.
    #expect(trial.journal.checkpoints.contains(["kept", "pause"].map { "both/1/\($0)" }))
  }

  @Test("has its further attempts meanwhile")
  func attempts() async throws {
    let failures = Mutex(2)
    let gated = Self.services()
    let services = RecordingServices { request throws(OutboundError) in
      if request.url.hasSuffix("/open") {
        let isEarly = failures.withLock { left in
          left -= 1
          return left >= 0
        }
        if isEarly { return OutboundResponse(status: 503) }
      }
      return try await gated.send(request)
    }
    var trial = Trial(
      """
      - key: each
        type: loop
        over: [slow, open]
        parallel: 2
        do:
          - {key: call, type: request, url: "https://a.example/{{$scopes.each.item}}", retry: {attempts: 5, delay: 5ms}}
      - {key: out, type: output, value: "{{$nodes.each}}"}
      """)
    trial.services = services
    let report = try await trial.run()
    #expect(report.output?.elements.count == 2)
    #expect(services.requests.count { $0.url.hasSuffix("/open") } == 3)
  }

  @Test("a race against a delay ends with the delay, and the loser is cancelled")
  func race() async throws {
    let services = Self.services()
    var trial = Trial(
      """
      - key: first
        type: parallel
        mode: race
        branches:
          - do: [{key: slow, type: request, url: "https://a.example/slow"}]
          - do: [{key: pause, type: delay, for: 20ms}, {key: late, type: map, value: late}]
      - {key: out, type: output, value: "{{$nodes.first}}"}
      """)
    trial.services = services
    #expect(try await trial.run().output == "late")
  }

  @Test("takes no place of those that have not begun")
  func places() async throws {
    let services = RecordingServices()
    var trial = Trial(
      """
      - key: each
        type: loop
        over: 6
        parallel: 2
        do:
          - {key: pause, type: delay, for: 1h}
          - {key: call, type: request, url: "https://a.example/{{$scopes.each.index}}"}
      """)
    trial.services = services
    let first = try await trial.run()
    #expect(first.summary == "suspended")
    let waiting = trial.journal.checkpoints.joined() + first.records.map(\.path)
    #expect(Set(waiting) == Set((0..<6).map { "each/\($0)/pause" }))
    trial.journal = MemoryJournal()
    var life = Life(trial)
    #expect(try await life.end().summary == "succeeded")
    #expect(services.requests.count == 6)
  }

  @Test("a crash at any checkpoint sends nothing again that was finished", arguments: 1...5)
  func crashes(k: Int) async throws {
    let services = RecordingServices()
    var trial = Trial(
      """
      - key: both
        type: parallel
        branches:
          - do: [{key: one, type: request, url: "https://a.example/1"}, {key: nap, type: delay, for: 1ms}, {key: two, type: request, url: "https://a.example/2"}]
          - do: [{key: three, type: request, url: "https://a.example/3"}, {key: doze, type: delay, for: 2ms}, {key: four, type: request, url: "https://a.example/4"}]
      """)
    trial.services = services
    var life = Life(trial)
    life.faults = [.after(k)]
    #expect(try await life.end().summary == "succeeded")
    #expect(Set(services.idempotencyKeys).count == 4)
    // The other branch may be in the middle of its request.
    #expect(services.requests.count <= 5)
  }
}
