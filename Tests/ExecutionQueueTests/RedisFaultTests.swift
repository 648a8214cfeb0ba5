// What only Redis can do to the queue: forget, be full, be written to by others, lose an answer.

import ExecutionQueue
import NIOCore
import RedisClient
import TestSupport
import Testing

@Suite("The queue on a Redis in trouble", .timeLimit(.minutes(1)))
struct RedisFaultTests {
  private static let stream = "{p0}:q:normal"

  @Test("after FLUSHALL, or without its groups, it heals by itself and delivers what was admitted meanwhile")
  func lostGroups() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      let losses: [() throws -> String] = [
        { try server.command("FLUSHALL") }, { try server.command("XGROUP", "DESTROY", Self.stream, "workers") },
        { try server.command("DEL", Self.stream) },
      ]
      for loss in losses {
        let id = try await admissions.admitted("before")
        #expect(try await worker.take(limit: 30, waiting: .seconds(5)).map(\.token).contains(id.token))
        async let waiting = worker.take(limit: 30, waiting: .milliseconds(300))
        _ = try loss()
        _ = try await waiting
        _ = try await worker.rescue(limit: 10)
        let next = try await admissions.admitted("after")
        #expect(try await worker.take(limit: 30, waiting: .seconds(5)).map(\.token).contains(next.token))
      }
    }
  }

  @Test("a lease that FLUSHALL took away is lost, and says so")
  func flushedLease() async throws {
    try await RedisBackend.with { server, backend in
      let (worker, lease) = try await backend.begun()
      try server.command("FLUSHALL")
      #expect(try await !worker.checkpoint(lease, [CheckpointField(path: "a", bytes: [1])]))
      #expect(try await !worker.settle(lease, Settlement(state: .succeeded, keep: .seconds(60))))
      #expect(try server.command("DBSIZE") == "0")
    }
  }

  @Test("after SCRIPT FLUSH everything goes on")
  func lostScripts() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      func flush() throws { try server.command("SCRIPT", "FLUSH") }
      try flush()
      try await worker.heartbeat()
      try flush()
      let id = try await admissions.admitted("x")
      try flush()
      #expect(try await admissions.look(id)?.state == .queued)
      let delivery = try #require(try await worker.take(limit: 3, waiting: .seconds(5)).first)
      try flush()
      let lease = try #require(try await worker.begin(delivery))
      try flush()
      #expect(try await worker.checkpoint(lease, [CheckpointField(path: "a", bytes: [1])]))
      try flush()
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, keep: .seconds(60))))
      try flush()
      #expect(try await worker.rescue(limit: 1).isEmpty)
    }
  }

  @Test("when memory is full nothing is admitted, and a worker that comes only now drains what is there")
  func full() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      for number in 0..<20 { _ = try await admissions.admitted("\(number)") }
      try server.command("CONFIG", "SET", "maxmemory", "1")
      let error = await #expect(throws: QueueError.self) { _ = try await admissions.admitted("more") }
      #expect(error?.kind == .full)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      var settled = 0
      while settled < 20 {
        for delivery in try await worker.take(limit: 30, waiting: .seconds(5)) {
          let lease = try #require(try await worker.begin(delivery))
          #expect(try await worker.checkpoint(lease, [CheckpointField(path: "a", bytes: [1])]))
          if settled == 0 {
            _ = try await worker.handBack(delivery, lease: lease)
            let again = try #require(try await worker.rescue(limit: 1).first)
            let second = try #require(try await worker.begin(again))
            #expect(try await worker.settle(second, Settlement(state: .succeeded, keep: .seconds(60))))
          } else {
            #expect(try await worker.settle(lease, Settlement(state: .succeeded, keep: .seconds(60))))
          }
          settled += 1
        }
      }
      #expect(try await backend.inspection.depth() == QueueDepth(entries: [0, 0, 0], inFlight: 0))
      try server.command("CONFIG", "SET", "maxmemory", "0")
      _ = try await admissions.admitted("room")
    }
  }

  @Test("what a worker reads after it was counted dead is taken from it again")
  func readingDead() async throws {
    try await RedisBackend.with { _, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let dead = try await backend.worker("dead")
      try await backend.silence("dead")
      let id = try await admissions.admitted("x")
      let delivery = try #require(try await dead.take(limit: 3, waiting: .seconds(5)).first)
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      #expect(try await heir.rescue(limit: 10).map(\.token) == [id.token])
      #expect(try await dead.begin(delivery) == nil)
    }
  }

  @Test("after an outage, in which every heartbeat ran out, nobody is taken for dead at once")
  func outage() async throws {
    try await RedisBackend.with { server, backend in
      let (worker, lease) = try await backend.begun()
      // As it is when Redis comes back: the heartbeats are over, and the mark of their continuity too.
      try server.command("ZADD", backend.keys.workers, "1", "a")
      try server.command("DEL", backend.keys.steady)
      let other = try await backend.worker("b")
      try await other.heartbeat()
      #expect(try await other.rescue(limit: 10).isEmpty)
      try await worker.heartbeat()
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, keep: .seconds(60))))
      #expect(try await backend.record(lease.id)?.crashes == 0)
    }
  }

  @Test("heartbeats that come without a gap keep the mark of their continuity, a gap ends it")
  func continuity() async throws {
    try await RedisBackend.with { server, backend in
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let left = try #require(Int(try server.command("PTTL", backend.keys.steady)))
      #expect(left <= 2000)  // negative when it is over already, on a busy machine
      try server.command("SET", backend.keys.steady, "123", "PX", "60000")
      try await worker.heartbeat()
      #expect(try server.command("GET", backend.keys.steady) == "123")
      try server.command("DEL", backend.keys.steady)
      try await worker.heartbeat()
      #expect(try server.command("GET", backend.keys.steady) != "123")
      try await worker.leave()
      #expect(try server.command("ZCARD", backend.keys.workers) == "0")
    }
  }

  @Test("a delivery whose answer was lost is found by the worker itself, and only once")
  func lostAnswer() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let known = try await admissions.admitted("known")
      let held = try #require(try await worker.take(limit: 3, waiting: .seconds(5)).first)
      #expect(held.token == known.token)
      // Redis gives the next one to this worker, whose connection breaks before the answer arrives.
      let lost = try await admissions.admitted("lost")
      try server.command("XREADGROUP", "GROUP", "workers", "a", "COUNT", "1", "STREAMS", Self.stream, ">")
      #expect(try await worker.rescue(limit: 10).isEmpty)
      try server.command("CLIENT", "KILL", "TYPE", "normal")
      var found: [Delivery] = []
      try await eventually("the lost delivery is found") {
        do {
          found += try await worker.take(limit: 3, waiting: .milliseconds(10))
          found += try await worker.rescue(limit: 10)
        } catch is QueueError { return false }
        return !found.isEmpty
      }
      #expect(found.map(\.token) == [lost.token])
      for _ in 0..<10 { #expect(try await worker.rescue(limit: 10).isEmpty) }
      for delivery in found + [held] {
        let lease = try #require(try await worker.begin(delivery))
        #expect(lease.crashes == 0)
        #expect(try await worker.settle(lease, Settlement(state: .succeeded, keep: .zero)))
      }
    }
  }

  @Test("the consumer of a dead worker is deleted once it holds nothing, not before")
  func consumers() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let dead = try await backend.worker("dead")
      try await dead.heartbeat()
      for number in 0..<3 { _ = try await admissions.admitted("\(number)") }
      var held = 0
      while held < 3 { held += try await dead.take(limit: 30, waiting: .seconds(5)).count }
      try await backend.silence("dead")
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      func consumers() throws -> Bool {
        try server.command("XINFO", "CONSUMERS", Self.stream, "workers").contains("dead")
      }
      #expect(try await heir.rescue(limit: 2).count == 2)
      #expect(try consumers())
      #expect(try await heir.rescue(limit: 2).count == 1)
      #expect(try await heir.rescue(limit: 2).isEmpty)
      #expect(try !consumers())
      #expect(try await backend.inspection.depth().inFlight == 3)
    }
  }

  @Test("entries that nobody can read become dead letters and hold nothing up")
  func garbage() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      try server.command("XADD", Self.stream, "*", "some", "thing")
      try server.command("XADD", Self.stream, "*", "t", "0123456789abcdef", "w", "flow")
      try server.command("XADD", Self.stream, "*", "t", "short", "w", "flow", "p", "x")
      let id = try await admissions.admitted("good")
      var found: [Delivery] = []
      while found.isEmpty { found += try await worker.take(limit: 30, waiting: .seconds(5)) }
      #expect(found.map(\.token) == [id.token])
      #expect(try await backend.inspection.depth() == QueueDepth(entries: [0, 1, 0], inFlight: 1, dead: 3))
      try await backend.silence("a")
      let heir = try await backend.worker("heir")
      try await heir.heartbeat()
      #expect(try await heir.rescue(limit: 10).map(\.token) == [id.token])
    }
  }

  @Test("a reply that is too large for the inbox is in the record, and the message says so")
  func largeReply() async throws {
    try await RedisBackend.with { _, backend in
      let inbox = try await backend.replies(inbox: "box")
      try await inbox.keepOpen()
      let (worker, lease) = try await backend.begun(inbox: "box")
      let large = [UInt8](repeating: 0xFF, count: 70_000)
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, reply: large, keep: .zero)))
      var replies: [QueuedReply] = []
      while replies.isEmpty { replies += try await inbox.replies(waiting: .seconds(5)) }
      #expect(replies.first?.isComplete == false)
      #expect(replies.first?.reply == nil)
      let record = try #require(try await backend.record(lease.id))
      #expect(record.reply == large)
      #expect(record.payload == nil)
    }
  }

  @Test("payloads, checkpoints and outputs may be any bytes, and large")
  func binary() async throws {
    try await RedisBackend.with { _, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let execution = NewExecution(
        token: .random(), workflow: "f\u{0}l\r\nö", priority: .low, payload: bytes, inbox: nil)
      guard case .admitted(let id) = try await admissions.eventLoop.flatSubmit({ admissions.admit(execution) }).get()
      else { throw QueueError(.corrupt, "not admitted") }
      let delivery = try #require(try await worker.take(limit: 3, waiting: .seconds(5)).first)
      #expect(delivery.payload == nil)
      #expect(delivery.workflow == execution.workflow)
      let lease = try #require(try await worker.begin(delivery))
      let isWhole = Array(lease.payload.readableBytesView) == bytes
      #expect(isWhole)
      #expect(try await worker.checkpoint(lease, [CheckpointField(path: "ö[1]", bytes: bytes)]))
      #expect(try await worker.settle(lease, Settlement(state: .succeeded, output: bytes, keep: .seconds(60))))
      let record = try #require(try await backend.record(id))
      let isKept = record.output == bytes && record.payload == bytes
      #expect(isKept)
      let hasResult = record.fields == [CheckpointField(path: "ö[1]", bytes: bytes)]
      #expect(hasResult)
    }
  }
}
