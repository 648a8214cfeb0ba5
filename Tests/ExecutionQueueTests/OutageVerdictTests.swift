// What is concluded from a Redis that is there no longer, and from one that has no replica where one is due.

import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import ExecutionQueue

@Suite("A Redis that has gone", .timeLimit(.minutes(1)))
struct OutageVerdictTests {
  private final class Verdict: Sendable {
    private let said = Mutex<(problem: String?, pressure: String?)>((nil, nil))

    var problem: String? { said.withLock { $0.problem } }
    var pressure: String? { said.withLock { $0.pressure } }
    func set(problem: String?) { said.withLock { $0.problem = problem } }
    func set(pressure: String?) { said.withLock { $0.pressure = pressure } }
  }

  @Test("is not full any more, and who can do without it is ready whatever was wrong with it")
  func gone() async throws {
    let server = try await RedisServer.start(configuration: ["maxmemory 500kb"])
    defer { server.stop() }
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let connection = RedisConnection(
      url: try RedisURL(server.url), eventLoop: MultiThreadedEventLoopGroup.singleton.next(), name: "test", scripts: [],
      logger: logger)
    connection.start()
    let (health, verdict) = (Health(), Verdict())
    let watch = RedisWatch(
      connection: connection, durability: .normal, health: health, logger: logger,
      settingsChanged: { verdict.set(problem: $0) }, memoryPressure: { verdict.set(pressure: $0) },
      canDoWithout: { true })
    let running = Task { try await watch.run() }
    try await eventually("it is found full, and without its file") { verdict.pressure != nil }
    #expect(verdict.problem?.contains("append-only file is off") == true)
    #expect(health.problems.map(\.check) == ["durability"])
    server.kill()
    try await eventually("it is not full") { verdict.pressure == nil }
    #expect(health.isReady)
    running.cancel()
    _ = await running.result
    try await connection.close().get()
  }

  @Test("has not taken a callback that no replica confirms, where strict asks for one")
  func callback() async throws {
    try await RedisBackend.with { _, backend in
      let replicas = ReplicaCount()
      replicas.set(1, of: "a")
      let connection = try await backend.connect()
      let strict = try await connection.eventLoop.submit { [keys = backend.keys] in
        RedisAdmissionQueue(
          connection: connection, keys: keys, backlog: 5,
          replication: Replication(durability: .strict, replicas: replicas))
      }.get()
      let (worker, lease) = try await backend.begun()
      let callback = ExecutionToken.random().description
      #expect(try await worker.checkpoint(lease, [], callbacks: [callback]))
      let error = await #expect(throws: QueueError.self) {
        _ = try await strict.eventLoop.flatSubmit { strict.resume(lease.id, callback: callback, with: [1]) }.get()
      }
      #expect(error?.message.contains("0 of 1 replicas") == true)
      let plain = try await backend.admissions(backlog: 5)
      let again = try await plain.eventLoop.flatSubmit { plain.resume(lease.id, callback: callback, with: [2]) }.get()
      #expect(again == .again)
    }
  }
}
