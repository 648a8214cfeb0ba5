// Whose an execution is, asked again after an outage of the queue.

import ExecutionQueue
import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkflowEngine
import Workflows

@testable import WorkerService

@Suite("The journal of a lease", .timeLimit(.minutes(1)))
struct LeaseJournalTests {
  private static func lease(_ stage: WorkerStage) async throws -> (queue: any DeliveryQueue, lease: Lease) {
    _ = try await stage.admit()
    let queue = stage.queue.deliveries(worker: "worker")
    try await queue.heartbeat()
    let delivery = try #require(try await queue.take(.regular, limit: 1, waiting: .seconds(5)).first)
    return (queue, try #require(try await queue.begin(delivery)))
  }

  @Test("is confirmed by the attempt that was answered, not by one that lay in the outage")
  func attempts() async throws {
    let (queue, lease) = try await Self.lease(try await WorkerStage())
    let heardSince = Mutex<ContinuousClock.Instant?>(nil)
    let calls = Mutex(0)
    let shaky = ShakyQueue(
      queue, failures: [.checkpoint: 1],
      hears: { moment in heardSince.withLock { $0.map { $0 <= moment } ?? false } },
      observe: { call in
        guard call == .checkpoint else { return }
        let isFirst = calls.withLock { calls in
          calls += 1
          return calls == 1
        }
        // Redis comes back while the first attempt is under way.
        if isFirst { heardSince.withLock { $0 = .now } }
      })
    let journal = LeaseJournal(
      queue: shaky, lease: lease, persistence: Persistence(logger: WorkerStage.logger), asked: .now)
    #expect(!journal.isConfirmed)
    try await journal.checkpoint([])
    #expect(journal.isConfirmed)
    #expect(calls.withLock { $0 } == 2)
  }

  @Test("is confirmed only when the worker has been heard again")
  func patience() async throws {
    let (queue, lease) = try await Self.lease(try await WorkerStage())
    let calls = Mutex(0)
    let shaky = ShakyQueue(
      queue, hears: { _ in calls.withLock { $0 >= 3 } },
      observe: { call in if call == .checkpoint { calls.withLock { $0 += 1 } } })
    let journal = LeaseJournal(
      queue: shaky, lease: lease, persistence: Persistence(logger: WorkerStage.logger), asked: .now)
    try await journal.confirm()
    #expect(journal.isConfirmed)
    #expect(calls.withLock { $0 } == 3)
  }

  @Test("what the queue does not take for long is told, once for all executions, and tried until it is taken")
  func complaint() async throws {
    let (queue, lease) = try await Self.lease(try await WorkerStage())
    let log = LogRecord()
    let persistence = Persistence(logger: log.logger, patience: .zero)
    let shaky = ShakyQueue(queue, failures: [.checkpoint: 4])
    for _ in 0..<2 {
      let journal = LeaseJournal(queue: shaky, lease: lease, persistence: persistence, asked: .now)
      try await journal.checkpoint([])
    }
    #expect(shaky.count(.checkpoint) == 2)
    #expect(log.warnings.map(\.text) == ["executions wait, since the queue does not take what they say; trying again"])
    let patient = LogRecord()
    let brief = ShakyQueue(queue, failures: [.checkpoint: 2])
    try await LeaseJournal(
      queue: brief, lease: lease, persistence: Persistence(logger: patient.logger), asked: .now
    ).checkpoint([])
    #expect(patient.lines.isEmpty)
  }

  @Test("stops asking when the worker stops, and when the lease is lost")
  func ends() async throws {
    let stage = try await WorkerStage()
    let (queue, lease) = try await Self.lease(stage)
    let shaky = ShakyQueue(queue, hears: { _ in false })
    let journal = LeaseJournal(
      queue: shaky, lease: lease, persistence: Persistence(logger: WorkerStage.logger), asked: .now)
    let asking = Task { try await journal.confirm() }
    try await eventually("it asks") { shaky.count(.checkpoint) > 0 }
    asking.cancel()
    await #expect(throws: CancellationError.self) { try await asking.value }
    #expect(try await queue.handBack(lease.delivery, lease: lease))
    await #expect(throws: LeaseLost.self) { try await journal.confirm() }
  }
}
