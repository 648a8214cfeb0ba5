// What a look at an execution costs whose caller waits: it is made again and again.

import ExecutionQueue
import NIOCore
import RedisClient
import TestSupport
import Testing

@Suite("A look for a waiting caller", .timeLimit(.minutes(1)))
struct OutcomeLookupTests {
  private static let large = [UInt8](repeating: 7, count: 100_000)

  @Test("reads the outcome, however large, and nothing else of a large record")
  func outcome() async throws {
    try await RedisBackend.with { server, backend in
      func statistics() throws -> String { try server.command("INFO", "commandstats") }
      let admissions = try await backend.admissions(backlog: 5)
      let (worker, lease) = try await backend.begun()
      #expect(try await worker.checkpoint(lease, [CheckpointField(path: "a", bytes: Self.large)]))

      try server.command("CONFIG", "RESETSTAT")
      let running = try #require(try await admissions.look(lease.id))
      #expect(running.state == .running && running.output == nil && running.fields.isEmpty)
      #expect(try !statistics().contains("cmdstat_get:"))
      #expect(try !statistics().contains("cmdstat_evalsha:"))

      let message = String(repeating: "m", count: 100_000)
      let settlement = Settlement(
        state: .failed, message: message, output: Self.large, reply: [1, 2, 3], keep: .seconds(60))
      #expect(try await worker.settle(lease, settlement))
      try server.command("CONFIG", "RESETSTAT")
      let ended = try #require(try await admissions.look(lease.id))
      #expect(ended.state == .failed && ended.message == message)
      #expect(ended.output == Self.large && ended.reply == [1, 2, 3])
      #expect(ended.fields.isEmpty)
      #expect(try statistics().contains("cmdstat_get:calls=2,"))
      #expect(try !statistics().contains("cmdstat_evalsha:"))
      let whole = try await admissions.look(lease.id, detail: .everything)
      #expect(whole?.fields == [CheckpointField(path: "a", bytes: Self.large)])
    }
  }

  @Test("finds nothing when a part of the record has gone meanwhile")
  func gone() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 5)
      let (worker, lease) = try await backend.begun()
      #expect(
        try await worker.settle(lease, Settlement(state: .succeeded, output: Self.large, keep: .seconds(60))))
      try server.command("DEL", "{p0}:x:\(lease.id.token):out")
      #expect(try await admissions.look(lease.id) == nil)
    }
  }
}
