// How the queue shares Redis's time: many webhooks in one call, and a turn for everybody who waits.

import ExecutionQueue
import NIOCore
import RedisClient
import TestSupport
import Testing

@Suite("Turns on Redis", .timeLimit(.minutes(1)))
struct RedisTurnTests {
  private static let stream = "{p0}:q:normal"

  @Test("what one turn of the event loop admits travels in calls of sixteen")
  func batching() async throws {
    try await RedisBackend.with { server, backend in
      let admissions = try await backend.admissions(backlog: 1000)
      try server.command("CONFIG", "RESETSTAT")
      let futures = try await admissions.eventLoop.submit {
        (0..<50).map { number in
          admissions.admit(
            NewExecution(
              token: .random(), workflow: "flow", priority: .normal, payload: Array("\(number)".utf8),
              inbox: nil))
        }
      }.get()
      for future in futures { _ = try await future.get() }
      #expect(try server.command("XLEN", Self.stream) == "50")
      #expect(try server.command("INFO", "commandstats").contains("cmdstat_evalsha:calls=4,"))
    }
  }

  @Test("low priority gets its turn although the others never run dry")
  func starvation() async throws {
    try await RedisBackend.with { _, backend in
      let admissions = try await backend.admissions(backlog: 1000)
      let worker = try await backend.worker("a")
      _ = try await admissions.submit("low", priority: .low).get()
      for number in 0..<40 { _ = try await admissions.submit("\(number)").get() }
      var taken: [String] = []
      for _ in 0..<10 {
        taken += try await worker.take(.regular, limit: 1, waiting: .seconds(5)).map { $0.text }
      }
      #expect(taken.count == 10)
      #expect(taken.contains("low"))
    }
  }
}
