// Duplicates and rates, which the queue decides for all ingest processes together.

import ExecutionQueue
import NIOCore
import TestSupport
import Testing

@Suite("Conditions of an admission")
struct AdmissionConditionTests {
  private static func once(_ name: String, for window: Duration = .seconds(60)) -> AdmissionConditions {
    AdmissionConditions(deduplication: .init(name: name, window: window))
  }

  private static func rate(_ name: String, _ limit: Int, per period: Duration) -> AdmissionConditions {
    AdmissionConditions(rate: .init(name: name, limit: limit, period: period))
  }

  @Test(
    "of many with one name, on two event loops, one is admitted, and all others are told of it",
    arguments: BackendKind.allCases)
  func duplicates(kind: BackendKind) async throws {
    try await kind.with { backend in
      let queues = [try await backend.admissions(backlog: 5), try await backend.admissions(backlog: 5)]
      let futures = (0..<200).map { queues[$0 % 2].submit("\($0)", Self.once("a")) }
      var admitted: [ExecutionID] = []
      var duplicates: [ExecutionID] = []
      for future in futures {
        switch try await future.get() {
        case .admitted(let id): admitted.append(id)
        case .duplicate(let id): duplicates.append(id)
        default: Issue.record("refused")
        }
      }
      #expect(admitted.count == 1)
      #expect(duplicates.count == 199)
      #expect(Set(duplicates) == Set(admitted))
      #expect(try await backend.inspection.depth().total == 1)
      guard case .admitted = try await queues[0].submit("other", Self.once("b")).get() else {
        Issue.record("another name is no duplicate")
        return
      }
    }
  }

  @Test("a name is free again when its window is over", arguments: BackendKind.allCases)
  func window(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let conditions = Self.once("a", for: .milliseconds(100))
      guard case .admitted = try await admissions.submit("x", conditions).get() else { throw Unexpected() }
      try await eventually("a second one is admitted") {
        if case .admitted = try await admissions.submit("x", conditions).get() { true } else { false }
      }
    }
  }

  @Test("what was refused leaves its name free and uses up no rate", arguments: BackendKind.allCases)
  func refused(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      var conditions = Self.once("a")
      conditions.rate = .init(name: "r", limit: 1, period: .seconds(60))
      #expect(try await admissions.submit("x", inbox: "box", conditions).get() == .noWorker)
      let (worker, lease) = try await backend.begun()
      for _ in 0..<4 { _ = try await admissions.admitted("fills it") }
      #expect(try await admissions.submit("x", conditions).get() == .backlogFull)
      #expect(try await admissions.submit("x", conditions).get() == .backlogFull)
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, keep: .zero)))
      guard case .admitted(let id) = try await admissions.submit("x", conditions).get() else { throw Unexpected() }
      #expect(try await admissions.submit("x", inbox: "box", conditions).get() == .duplicate(id))
    }
  }

  @Test("over the rate it is told how long to wait, and that is enough", arguments: BackendKind.allCases)
  func rates(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let conditions = Self.rate("r", 3, per: .seconds(2))
      let answers = try await EventLoopFuture.whenAllSucceed(
        (0..<10).map { _ in admissions.submit("x", conditions) }, on: admissions.eventLoop
      ).get()
      let waits = answers.compactMap { if case .overRate(let wait) = $0 { wait } else { nil } }
      #expect(waits.count == 7)
      let wait = try #require(waits.last)
      #expect(wait > .zero && wait <= .milliseconds(667))
      guard case .admitted = try await admissions.submit("x", Self.rate("other", 1, per: .seconds(2))).get() else {
        throw Unexpected()
      }
      let start = ContinuousClock.now
      try await eventually("one more is admitted") {
        if case .admitted = try await admissions.submit("x", conditions).get() { true } else { false }
      }
      #expect(ContinuousClock.now - start <= .seconds(2))
    }
  }

  private struct Unexpected: Error {}
}
