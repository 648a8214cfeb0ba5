// What Redis answered and then lost: a power cut or a failover takes back the last reads and begins, a clock that is set
// back makes old promises look like those of the future.

import ExecutionQueue
import NIOCore
import RedisClient
import TestSupport
import Testing

@Suite("A Redis that goes back", .timeLimit(.minutes(1)))
struct RedisRollbackTests {
  private static let stream = "{p0}:q:normal"

  /// As a power cut leaves it that came between the admission of all and the first read.
  private static func forgetReads(_ server: RedisServer, of ids: [ExecutionID]) throws {
    for id in ids { try server.command("DEL", "{p0}:x:\(id.token)") }
    try server.command("XGROUP", "DESTROY", stream, "workers")
    try server.command("XGROUP", "CREATE", stream, "workers", "0")
  }

  private static func begun(by worker: any DeliveryQueue) async throws -> Lease {
    let delivery = try #require(try await worker.take(limit: 3, waiting: .seconds(5)).first)
    return try #require(try await worker.begin(delivery))
  }

  @Test("a begin that was lost gives no second worker the same fence")
  func fence() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 10)
      let (first, second) = (try await backend.worker("first"), try await backend.worker("second"))
      let id = try await admissions.admitted("x")
      let before = try await Self.begun(by: first)
      try Self.forgetReads(server, of: [id])
      let after = try await Self.begun(by: second)
      #expect(try await !first.checkpoint(before, [CheckpointField(path: "a", bytes: [1])]))
      #expect(try await second.checkpoint(after, [CheckpointField(path: "a", bytes: [2])]))
      #expect(try await !first.settle(before, Settlement(state: .succeeded, keep: .seconds(60))))
      #expect(try await second.settle(after, Settlement(state: .succeeded, keep: .seconds(60))))
    }
  }

  @Test("what a worker is given once more while it runs it, it finds when it has lost it")
  func passedOver() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 10)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let id = try await admissions.admitted("x")
      let lease = try await Self.begun(by: worker)
      try Self.forgetReads(server, of: [id])
      // It comes once more, and is passed over: it runs here.
      #expect(try await worker.take(limit: 3, waiting: .milliseconds(50)).isEmpty)
      #expect(try await !worker.checkpoint(lease, []))
      let again = try #require(try await worker.rescue(limit: 10).first)
      #expect(again.token == id.token)
      let second = try #require(try await worker.begin(again))
      #expect(try await worker.settle(second, Settlement(state: .succeeded, keep: .seconds(60))))
    }
  }

  @Test("a hand-back that failed is found again by the worker that goes on living")
  func failedHandBack() async throws {
    try await RedisBackend.with { server, backend in
      let (worker, lease) = try await backend.begun()
      try await worker.heartbeat()
      // Redis hands it back, and the answer says that it was somebody else's.
      try server.command("HSET", "{p0}:x:\(lease.id.token)", "ep", "7")
      #expect(try await !worker.handBack(lease.delivery, lease: lease))
      #expect(try await worker.rescue(limit: 10).map(\.token) == [lease.id.token])
    }
  }

  @Test("what was missed brings the number of its crashes along")
  func missedCrashes() async throws {
    try await RedisBackend.with { server, backend in
      let (worker, lease) = try await backend.begun()
      try await worker.heartbeat()
      try server.command("HSET", "{p0}:x:\(lease.id.token)", "ep", "7", "crashes", "2")
      #expect(try await !worker.checkpoint(lease, []))
      #expect(try await worker.rescue(limit: 10).map(\.crashes) == [2])
    }
  }

  @Test("a clock that is set back stops neither takeovers nor webhooks under a rate")
  func clock() async throws {
    try await RedisBackend.with { server, backend in
      let heir = try await backend.worker("heir")
      let ahead = "99999999999999"
      try server.command("SET", "{p0}:steady", ahead)
      try server.command("ZADD", "{p0}:workers", ahead, "gone")
      try server.command("XGROUP", "CREATE", Self.stream, "workers", "0", "MKSTREAM")
      try server.command("XGROUP", "CREATECONSUMER", Self.stream, "workers", "gone")
      try await heir.heartbeat()
      #expect(Int(try server.command("GET", "{p0}:steady")).map { $0 < 9_999_999_999_999 } == true)
      // Who lives beats again within a lifetime; who does not is dead after it.
      try await backend.beSteady()
      _ = try await heir.rescue(limit: 10)
      #expect(Double(try server.command("ZSCORE", "{p0}:workers", "gone")).map { $0 < 9_999_999_999_999 } == true)

      let admissions = try await backend.admissions(backlog: 10)
      try server.command("SET", "{p0}:rate:flow", "9000000000000000")
      // A full bucket at most: one is admitted when the time between two has passed.
      try await eventually("one more is admitted") {
        let execution = NewExecution(
          token: .random(), workflow: "flow", priority: .normal, payload: [1], inbox: nil,
          conditions: AdmissionConditions(rate: .init(name: "flow", limit: 6000, period: .seconds(60))))
        let admission = try await admissions.eventLoop.flatSubmit { admissions.admit(execution) }.get()
        guard case .admitted = admission else { return false }
        return true
      }
    }
  }

  @Test("begins of large executions come in answers of a bounded size, and all do come")
  func largeBegins() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 100)
      let worker = try await backend.worker("a")
      try await worker.heartbeat()
      let payload = [UInt8](repeating: 120, count: 5_000_000)
      for _ in 0..<6 {
        let execution = NewExecution(
          token: .random(), workflow: "flow", priority: .normal, payload: payload, inbox: nil)
        guard case .admitted = try await admissions.eventLoop.flatSubmit({ admissions.admit(execution) }).get()
        else { throw QueueError(.corrupt, "not admitted") }
      }
      #expect(Int(try server.command("MEMORY", "USAGE", Self.stream)).map { $0 < 100_000 } == true)
      let deliveries = try await worker.take(limit: 60, waiting: .seconds(5))
      #expect(deliveries.count == 6)
      let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
        for delivery in deliveries {
          group.addTask { try await worker.begin(delivery)?.payload.readableBytes ?? 0 }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(sizes == Array(repeating: payload.count, count: 6))
    }
  }

  @Test("lists of what has ended keep what is kept, and lose what is not")
  func lists() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 10)
      let worker = try await backend.worker("a")
      func end(keep: Duration) async throws -> ExecutionID {
        let id = try await admissions.admitted("x")
        let lease = try await Self.begun(by: worker)
        let settlement = Settlement(state: .failed, keep: keep, dead: .failed)
        #expect(try await worker.settle(lease, settlement))
        return id
      }
      let long = try await end(keep: .seconds(3600))
      let short = try await end(keep: .milliseconds(1))
      try await eventually("the short one is no longer kept") {
        try server.command("EXISTS", "{p0}:x:\(short.token)") == "0"
      }
      _ = try await end(keep: .milliseconds(1))
      let history = try server.command("ZRANGE", "{p0}:h:flow:failed", "0", "-1")
      #expect(history.contains("\(long.token)"))
      #expect(!history.contains("\(short.token)"))
      #expect(Int(try server.command("PTTL", "{p0}:h:flow:failed")).map { $0 > 3_500_000 } == true)
      try await worker.tendLanes([:])
      let dead = try server.command("ZRANGE", "{p0}:dead", "0", "-1")
      #expect(dead.contains("\(long.token)"))
      #expect(!dead.contains("\(short.token)"))
    }
  }
}
