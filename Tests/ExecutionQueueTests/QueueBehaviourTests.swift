// The rules of the queue, checked on every backend.

import ExecutionQueue
import NIOCore
import TestSupport
import Testing

@Suite("The queue, whatever keeps it")
struct QueueBehaviourTests {
  @Test("an admitted execution is delivered once, begun, checkpointed and settled", arguments: BackendKind.allCases)
  func life(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let id = try await admissions.admitted("payload")
      #expect(try await admissions.look(id)?.state == .queued)

      let deliveries = try await worker.take(limit: 10, waiting: .seconds(5))
      #expect(deliveries.map { $0.text } == ["payload"])
      #expect(deliveries.map(\.workflow) == ["flow"])
      let delivery = try #require(deliveries.first)
      let lease = try #require(try await worker.begin(delivery))
      #expect(lease.id == id)
      #expect(lease.epoch > 0)
      #expect(try await admissions.look(id)?.state == .running)

      #expect(try await worker.checkpoint(lease, [CheckpointField(path: "one", bytes: [1])]))
      let settlement = Settlement(
        state: .succeeded, output: Array("{}".utf8), fields: [CheckpointField(path: "two", bytes: [2])],
        keep: .seconds(60))
      #expect(try await worker.settle(lease, settlement))
      let record = try #require(try await admissions.look(id, detail: .everything))
      #expect(record.state == .succeeded)
      #expect(record.output == Array("{}".utf8))
      #expect(record.payload == Array("payload".utf8))
      #expect(Set(record.fields.map(\.path)) == ["one", "two"])
      #expect(try await backend.inspection.depth().total == 0)
      #expect(try await worker.take(limit: 10, waiting: .milliseconds(20)).isEmpty)
    }
  }

  @Test("a settlement may be repeated after a lost answer", arguments: BackendKind.allCases)
  func repeatedSettlement(kind: BackendKind) async throws {
    try await kind.with { backend in
      let (worker, lease) = try await backend.begun()
      let settlement = Settlement(state: .failed, message: "no", keep: .seconds(60))
      #expect(try await worker.settle(lease, settlement))
      #expect(try await worker.settle(lease, settlement))
      #expect(try await !worker.checkpoint(lease, [CheckpointField(path: "late", bytes: [])]))
    }
  }

  @Test(
    "a dead worker's execution goes on elsewhere with its checkpoint, and the dead one can write nothing more",
    arguments: BackendKind.allCases)
  func rescue(kind: BackendKind) async throws {
    try await kind.with { backend in
      let (dead, lease) = try await backend.begun()
      #expect(try await dead.checkpoint(lease, [CheckpointField(path: "one", bytes: [7])]))
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      #expect(try await heir.rescue(limit: 10).isEmpty)
      try await backend.silence("a")

      let rescued = try await heir.rescue(limit: 10)
      #expect(rescued.map(\.token) == [lease.id.token])
      let second = try #require(try await heir.begin(rescued[0]))
      #expect(second.epoch > lease.epoch)
      #expect(second.crashes == 1)
      #expect(second.checkpoint == [CheckpointField(path: "one", bytes: [7])])
      #expect(second.id == lease.id)

      #expect(try await !dead.checkpoint(lease, [CheckpointField(path: "two", bytes: [8])]))
      #expect(try await !dead.reply(lease, [1]))
      #expect(try await !dead.settle(lease, Settlement(state: .succeeded, keep: .seconds(60))))
      #expect(try await dead.begin(lease.delivery) == nil)
      #expect(try await heir.settle(second, Settlement(state: .succeeded, keep: .zero)))
      #expect(try await dead.begin(lease.delivery) == nil)
      #expect(try await backend.inspection.depth() == QueueDepth(entries: [0, 0, 0], inFlight: 0))
    }
  }

  @Test("a delivery that a dead worker never began counts no crash", arguments: BackendKind.allCases)
  func rescueOfUnbegun(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let dead = try await backend.worker("a")
      try await dead.heartbeat()
      _ = try await admissions.admitted("x")
      let held = try await dead.take(limit: 1, waiting: .seconds(5))
      try await backend.silence("a")
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      let rescued = try await heir.rescue(limit: 10)
      let delivery = try #require(rescued.first)
      let lease = try #require(try await heir.begin(delivery))
      #expect(lease.crashes == 0)
      #expect(try await dead.begin(held[0]) == nil)
    }
  }

  @Test("what is handed back goes on elsewhere at once, uncounted", arguments: BackendKind.allCases)
  func handBack(kind: BackendKind) async throws {
    try await kind.with { backend in
      let (stopping, lease) = try await backend.begun()
      #expect(try await stopping.checkpoint(lease, [CheckpointField(path: "one", bytes: [7])]))
      #expect(try await stopping.handBack(lease.delivery, lease: lease))
      #expect(try await !stopping.handBack(lease.delivery, lease: lease))
      #expect(try await !stopping.checkpoint(lease, []))
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      let rescued = try await heir.rescue(limit: 10)
      let delivery = try #require(rescued.first)
      let second = try #require(try await heir.begin(delivery))
      #expect(second.crashes == 0)
      #expect(second.checkpoint.map(\.path) == ["one"])
    }
  }

  @Test("beyond the backlog nothing is admitted, to the last one", arguments: BackendKind.allCases)
  func backlog(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let futures = (0..<20).map { admissions.submit("\($0)") }
      var answers: [Admission] = []
      for future in futures { answers.append(try await future.get()) }
      #expect(answers.count { $0 == .backlogFull } == 15)
      #expect(try await backend.inspection.depth().total == 5)
    }
  }

  @Test("who waits for a lane beyond its time limit goes to a worker all the same", arguments: BackendKind.allCases)
  func patience(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      func admit(_ timeout: Duration?) async throws -> ExecutionToken {
        let execution = NewExecution(
          token: .random(), workflow: "flow", priority: .normal, payload: [1], inbox: nil,
          lanes: Lanes(order: "one", concurrency: 1, timeout: timeout))
        guard case .admitted(let id) = try await admissions.eventLoop.flatSubmit({ admissions.admit(execution) }).get()
        else { throw QueueError(.corrupt, "not admitted") }
        return id.token
      }
      let first = try await admit(nil)
      let hasty = try await admit(.milliseconds(1))
      let patient = try await admit(.seconds(3600))
      let held = try await worker.take(limit: 3, waiting: .seconds(5))
      #expect(held.map(\.token) == [first])
      try await eventually("its time is over") { try await worker.promote(limit: 10).count == 1 }
      let late = try #require(try await worker.take(limit: 3, waiting: .seconds(5)).first)
      #expect(late.token == hasty)
      let lease = try #require(try await worker.begin(late))
      #expect(try await worker.settle(lease, Settlement(state: .timedOut, keep: .seconds(60))))
      // The place was not its own: the one behind it waits on.
      #expect(try await worker.take(limit: 3, waiting: .milliseconds(20)).isEmpty)
      let running = try #require(try await worker.begin(held[0]))
      #expect(try await worker.settle(running, Settlement(state: .succeeded, keep: .seconds(60))))
      #expect(try await worker.take(limit: 3, waiting: .seconds(5)).map(\.token) == [patient])
      #expect(try await backend.inspection.depth().total == 1)
    }
  }

  @Test("a webhook that knows an older limit changes it no more", arguments: BackendKind.allCases)
  func oldLimit(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let worker = try await backend.worker("a")
      try await worker.tendLanes(["flow": 1])
      for _ in 0..<3 {
        let execution = NewExecution(
          token: .random(), workflow: "flow", priority: .normal, payload: [1], inbox: nil,
          lanes: Lanes(concurrency: 50))
        _ = try await admissions.eventLoop.flatSubmit { admissions.admit(execution) }.get()
      }
      #expect(try await worker.take(limit: 3, waiting: .seconds(5)).count == 1)
    }
  }

  @Test("a synchronous execution needs a live worker", arguments: BackendKind.allCases)
  func noWorker(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      #expect(try await admissions.submit("x", inbox: "box").get() == .noWorker)
      let worker = try await backend.worker("a")
      // On a busy machine a heartbeat may be over before the next call.
      try await eventually("it is admitted") {
        try await worker.heartbeat()
        return try await admissions.submit("x", inbox: "box").get() != .noWorker
      }
      try await backend.silence("a")
      #expect(try await admissions.submit("x", inbox: "box").get() == .noWorker)
    }
  }

  @Test("replies reach their inbox in order; one that nobody keeps open gets none", arguments: BackendKind.allCases)
  func replies(kind: BackendKind) async throws {
    try await kind.with { backend in
      let inbox = try await backend.replies(inbox: "box")
      try await inbox.keepOpen()
      #expect(try await inbox.replies(waiting: .milliseconds(20)).isEmpty)
      let (worker, lease) = try await backend.begun(inbox: "box")
      #expect(try await worker.reply(lease, [1, 2]))
      #expect(try await worker.settle(lease, Settlement(state: .failed, message: "why", keep: .zero)))
      var replies: [QueuedReply] = []
      while replies.count < 2 { replies += try await inbox.replies(waiting: .seconds(5)) }
      #expect(replies.map(\.state) == [.running, .failed])
      #expect(replies[0].reply == [1, 2])
      #expect(replies[1].message == "why")
      #expect(replies.allSatisfy { $0.token == lease.id.token })
      try await inbox.close()
    }
  }

  @Test("a higher priority is delivered first", arguments: BackendKind.allCases)
  func priority(kind: BackendKind) async throws {
    try await kind.with { backend in
      let admissions = try await backend.admissions(backlog: 5)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      _ = try await worker.take(limit: 1, waiting: .milliseconds(1))
      for priority in Priority.allCases.reversed() {
        _ = try await admissions.submit("\(priority)", priority: priority).get()
      }
      var order: [String] = []
      while order.count < 3 {
        order += try await worker.take(limit: 1, waiting: .seconds(5)).map { $0.text }
      }
      #expect(order.first == "high")
    }
  }

  @Test("definitions get a version for each change, and none for none", arguments: BackendKind.allCases)
  func definitions(kind: BackendKind) async throws {
    try await kind.with { backend in
      let store = try await backend.definitions
      #expect(try await store.revision() == 0)
      let first = NewDefinition(key: "a", enabled: true, definition: Array("{\"v\":1}".utf8))
      let second = NewDefinition(key: "a", enabled: true, definition: Array("{\"v\":2}".utf8))
      #expect(try await store.publish([first], at: 0) == [PublishedDefinition(key: "a", version: 1, changed: true)])
      let revision = try await store.revision()
      #expect(try await store.publish([first], at: revision)?.first?.changed == false)
      #expect(try await store.revision() == revision)
      #expect(try await store.publish([second], at: revision - 1) == nil)
      #expect(try await store.publish([second], at: revision)?.first?.version == 2)
      #expect(try await store.definition("a", version: 1) == first.definition)
      #expect(try await store.definition("a", version: 3) == nil)
      #expect(try await store.setEnabled("a", false))
      #expect(try await !store.setEnabled("none", false))
      #expect(try await store.heads().heads == [DefinitionHead(key: "a", version: 2, enabled: false)])
    }
  }
}

extension AdmissionQueue {
  func submit(
    _ payload: String, priority: Priority = .normal, inbox: String? = nil,
    _ conditions: AdmissionConditions = AdmissionConditions()
  ) -> EventLoopFuture<Admission> {
    let execution = NewExecution(
      token: .random(), workflow: "flow", priority: priority, payload: Array(payload.utf8), inbox: inbox,
      conditions: conditions)
    return eventLoop.flatSubmit { self.admit(execution) }
  }

  func admitted(_ payload: String, inbox: String? = nil) async throws -> ExecutionID {
    guard case .admitted(let id) = try await submit(payload, inbox: inbox).get() else {
      throw QueueError(.corrupt, "not admitted")
    }
    return id
  }

  func look(_ id: ExecutionID, detail: RecordDetail = .outcome) async throws -> ExecutionRecord? {
    try await eventLoop.flatSubmit { self.record(of: id, detail: detail) }.get()
  }
}

extension QueueBackend {
  /// One execution in the hands of the worker "a".
  func begun(inbox: String? = nil) async throws -> (any DeliveryQueue, Lease) {
    let admissions = try await admissions(backlog: 5)
    let worker = try await worker("a")
    try await worker.heartbeat()
    _ = try await admissions.admitted("x", inbox: inbox)
    let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(5)).first)
    return (worker, try #require(try await worker.begin(delivery)))
  }
}
