// A worker's promises: its slots, its stop, its patience with the queue, and what it makes of what it cannot run.

import Catalog
import ExecutionQueue
import JSONCodec
import NIOCore
import Synchronization
import TestSupport
import Testing
import WorkflowEngine
import Workflows

@testable import WorkerService

@Suite("A worker", .timeLimit(.minutes(1)))
struct WorkerTests {
  @Test("runs what is queued and settles it with its history")
  func run() async throws {
    let stage = try await WorkerStage()
    try await stage.run {
      let record = try await stage.ended(try await stage.admit())
      #expect(record.state == .succeeded)
      #expect(record.output.flatMap { try? JSON.parse($0) } == ["attempt": 1])
      #expect(Set(record.fields.map(\.path)) == ["call", "out"])
      #expect(stage.metric("millrace_worker_executions_total{state=\"succeeded\"}") == 1)
    }
    #expect(try await stage.queue.workers().isEmpty)
  }

  @Test("never runs more at once than it has slots, and uses all of them")
  func slots() async throws {
    let stage = try await WorkerStage(slots: 3)
    stage.probe.shut()
    try await stage.run {
      var ids: [ExecutionID] = []
      for _ in 0..<20 { ids.append(try await stage.admit()) }
      try await eventually("all slots are used") { stage.probe.inside == 3 }
      #expect(stage.slots.running == 3)
      stage.probe.open()
      for id in ids { #expect(try await stage.ended(id).state == .succeeded) }
      #expect(stage.probe.most == 3)
      try await eventually("all slots are free") { stage.slots.running == 0 }
    }
  }

  @Test("a stop lets what runs end")
  func patientStop() async throws {
    let stage = try await WorkerStage(slots: 1)
    stage.probe.shut()
    let ids = Mutex<[ExecutionID]>([])
    try await stage.run {
      for _ in 0..<2 {
        let id = try await stage.admit()
        ids.withLock { $0.append(id) }
      }
      try await eventually("one runs") { stage.probe.inside == 1 }
      stage.stop()
      stage.probe.open()
    }
    let states = try await states(ids.withLock { $0 }, stage)
    // Whether the stop was noticed before the slot was free decides about the second one.
    #expect(states.first == .succeeded)
    #expect(states.allSatisfy { $0 == .succeeded || $0 == .queued })
    #expect(try await stage.queue.depth().inFlight == 0)
    #expect(stage.metric("millrace_worker_handed_back_total") == 0)
  }

  @Test("a stop hands back what does not end in time, and another worker goes on, uncounted")
  func impatientStop() async throws {
    let stage = try await WorkerStage(slots: 2, grace: .milliseconds(1))
    stage.probe.shut()
    let ids = Mutex<[ExecutionID]>([])
    try await stage.run {
      for _ in 0..<2 {
        let id = try await stage.admit()
        ids.withLock { $0.append(id) }
      }
      try await eventually("both run") { stage.probe.inside == 2 }
    }
    #expect(stage.metric("millrace_worker_handed_back_total") == 2)
    #expect(try await states(ids.withLock { $0 }, stage) == [.queued, .queued])
    let heir = stage.queue.deliveries(worker: "heir")
    try await heir.heartbeat()
    for delivery in try await heir.rescue(limit: 10) {
      let lease = try #require(try await heir.begin(delivery))
      #expect(lease.crashes == 0)
      let request = try WebhookRequest(decoding: Array(lease.payload.readableBytesView))
      let workflow = try #require(try await stage.catalog.workflow("flow", version: 1))
      let input = try ExecutionInput(
        lease, request: request, workflow: workflow, environment: [:], asked: .now,
        resumeAddress: "")
      #expect(input.attempt == 1)
    }
  }

  private func states(_ ids: [ExecutionID], _ stage: WorkerStage) async throws -> [ExecutionState?] {
    var states: [ExecutionState?] = []
    for id in ids { states.append(try await stage.record(id)?.state) }
    return states
  }

  @Test("a run that was fenced out writes nothing")
  func fenced() async throws {
    let stage = try await WorkerStage()
    stage.probe.shut()
    try await stage.run {
      let id = try await stage.admit()
      try await eventually("it runs") { stage.probe.inside == 1 }
      // The worker falls silent, another one takes over and ends it.
      try await stage.queue.deliveries(worker: "worker").leave()
      let heir = stage.queue.deliveries(worker: "heir")
      try await heir.heartbeat()
      let delivery = try #require(try await heir.rescue(limit: 1).first)
      let lease = try #require(try await heir.begin(delivery))
      #expect(try await heir.settle(lease, Settlement(state: .failed, message: "heir", keep: .seconds(60))))
      stage.probe.open()
      try await eventually("the loss is noticed") { stage.metric("millrace_worker_lost_total") == 1 }
      let record = try #require(try await stage.record(id))
      #expect(record.state == .failed)
      #expect(record.message == "heir")
      #expect(record.fields.isEmpty)
      #expect(stage.metric("millrace_worker_executions_total{state=\"succeeded\"}") == 0)
    }
  }

  @Test("an execution that an operator cancels is no loss, whoever notices it first", arguments: [false, true])
  func canceled(answersFirst: Bool) async throws {
    let log = LogRecord()
    let stage = try await WorkerStage(logger: log.logger)
    stage.probe.shut()
    try await stage.run {
      let id = try await stage.admit()
      try await eventually("it runs") { stage.probe.inside == 1 }
      #expect(try await stage.queue.cancel(id, message: "not wanted", keep: .seconds(60)) == .canceled)
      if answersFirst { stage.probe.open() }
      try await eventually("the log says so") { log.lines("execution canceled").count == 1 }
      try await eventually("its slot is free") { stage.slots.running == 0 }
      #expect(stage.metric("millrace_worker_lost_total") == 0)
      #expect(log.warnings.isEmpty)
    }
  }

  @Test("what cannot be run ends as an error that says why")
  func unrunnable() async throws {
    let stage = try await WorkerStage()
    _ = try await stage.queue.publish(
      [
        NewDefinition(
          key: "newer", enabled: true, definition: Array("{\"key\":\"newer\",\"nodes\":[{\"type\":\"new\"}]}".utf8)),
        NewDefinition(key: "torn", enabled: true, definition: Array("{\"key\":".utf8)),
      ], at: 1)
    try await stage.run {
      let undecodable = try await stage.ended(try await stage.admit(payload: [0, 1, 2]))
      #expect(undecodable.state == .error)
      #expect(undecodable.message?.contains("cannot be read") == true)
      let missing = try await stage.ended(try await stage.admit(version: 9))
      #expect(missing.state == .error)
      #expect(missing.message == "the workflow \"flow\" has no version 9")
      for key in ["newer", "torn"] {
        let unreadable = try await stage.ended(try await stage.admit(workflow: key))
        #expect(unreadable.state == .error)
        #expect(unreadable.message?.contains("cannot read version 1 of the workflow \"\(key)\"") == true)
      }
    }
  }

  @Test("a checkpoint that cannot be read ends the execution instead of going round for ever")
  func unreadableCheckpoint() async throws {
    let stage = try await WorkerStage()
    let id = try await stage.admit()
    let dead = stage.queue.deliveries(worker: "dead")
    try await dead.heartbeat()
    let delivery = try #require(try await dead.take(.regular, limit: 1, waiting: .seconds(5)).first)
    let lease = try #require(try await dead.begin(delivery))
    #expect(try await dead.checkpoint(lease, [CheckpointField(path: "call", bytes: [1])], callbacks: []))
    try await dead.leave()
    try await stage.run {
      let record = try await stage.ended(id)
      #expect(record.state == .error)
      #expect(record.message?.contains("call") == true)
    }
  }

  @Test("while the queue is away the worker keeps trying, and settles once")
  func queueAway() async throws {
    let shaky = Mutex<ShakyQueue?>(nil)
    let stage = try await WorkerStage { queue in
      let wrapped = ShakyQueue(
        queue, failures: [.heartbeat: 1, .rescue: 1, .take: 1, .begin: 2, .checkpoint: 2, .settle: 3])
      shaky.withLock { $0 = wrapped }
      return wrapped
    }
    try await stage.run {
      let record = try await stage.ended(try await stage.admit())
      #expect(record.state == .succeeded)
    }
    let queue = try #require(shaky.withLock { $0 })
    #expect(queue.count(.begin) == 1)
    #expect(queue.count(.checkpoint) == 1)
    #expect(queue.count(.settle) == 1)
    #expect(stage.probe.calls == 1)
  }

  @Test("says that it lives before it takes anything, and that it leaves after everything")
  func heartbeat() async throws {
    let shaky = Mutex<ShakyQueue?>(nil)
    let stage = try await WorkerStage { queue in
      let wrapped = ShakyQueue(queue, failures: [.heartbeat: 3])
      shaky.withLock { $0 = wrapped }
      return wrapped
    }
    try await stage.run { _ = try await stage.ended(try await stage.admit()) }
    let queue = try #require(shaky.withLock { $0 })
    #expect(queue.made.first { [.heartbeat, .take, .rescue].contains($0) } == .heartbeat)
    #expect(queue.made.last == .leave)
  }
}
