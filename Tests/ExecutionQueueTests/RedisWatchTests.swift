// What a process concludes from its looks at Redis: ready or not, a replica to wait for or not, a file that counts or not.

import Foundation
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import ExecutionQueue

@Suite("The watch over Redis", .timeLimit(.minutes(1)))
struct RedisWatchTests {
  /// A watch that runs, and how often it has looked.
  private final class Running: Sendable {
    let connection: RedisConnection
    let health = Health()
    let replicas = ReplicaCount()
    private let answers = Mutex(0)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    var looks: Int { answers.withLock { $0 } }

    init(url: String) throws {
      let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      connection = RedisConnection(
        url: try RedisURL(url), eventLoop: MultiThreadedEventLoopGroup.singleton.next(), name: "test", scripts: [],
        logger: logger)
      connection.start()
      let watch = RedisWatch(
        connection: connection, durability: .fast, health: health, logger: logger, replicas: replicas,
        settingsChanged: { [weak self] _ in self?.answers.withLock { $0 += 1 } })
      task.withLock { $0 = Task { try await watch.run() } }
    }

    func stop() async throws {
      task.withLock { $0?.cancel() }
      try await connection.close().get()
    }
  }

  @Test("is well while a Redis without part in the queue is away, and not while the queue's is")
  func home() async throws {
    let queue = try await RedisServer.start()
    defer { queue.stop() }
    let other = try await RedisServer.start()
    defer { other.stop() }
    let running = try Running(url: "\(queue.url) \(other.url)")
    try await eventually("it has looked") { running.looks > 0 }
    #expect(running.health.isReady)
    other.kill()
    try await eventually("the connection knows") { !running.connection.isReady }
    let looks = running.looks
    try await eventually("it has looked twice more") { running.looks > looks + 1 }
    #expect(running.health.isReady)
    queue.kill()
    try await eventually("it is not ready") { !running.health.isReady }
    #expect(running.health.problems.map(\.check) == ["redis"])
    try await running.stop()
  }

  @Test("waits for a replica where the queue's Redis has one, whatever the others have")
  func replicas() async throws {
    let queue = try await RedisServer.start()
    defer { queue.stop() }
    let replica = try await RedisServer.start(configuration: ["replicaof 127.0.0.1 \(queue.port)"])
    defer { replica.stop() }
    let other = try await RedisServer.start()
    defer { other.stop() }
    let running = try Running(url: "\(queue.url) \(other.url)")
    try await eventually("the replica is seen") { running.replicas.isAwaited }
    try await running.stop()
  }

  @Test("goes on waiting for a replica that was there just now, but not for long at another server")
  func lostReplica() {
    let start = ContinuousClock.now
    let replicas = ReplicaCount()
    replicas.set(0, of: "a", at: start)
    #expect(!replicas.isAwaited(at: start))
    replicas.set(2, of: "a", at: start)
    replicas.set(0, of: "a", at: start + .seconds(1))
    #expect(replicas.isAwaited(at: start + .seconds(14)))
    #expect(!replicas.isAwaited(at: start + .seconds(15)))
    replicas.set(1, of: "a", at: start + .seconds(20))
    #expect(replicas.isAwaited(at: start + .seconds(100)))
    replicas.set(0, of: "b", at: start + .seconds(21))
    #expect(replicas.isAwaited(at: start + .seconds(22)))
    #expect(!replicas.isAwaited(at: start + .seconds(23)))
    replicas.set(0, of: "b", at: start + .seconds(22))
    #expect(!replicas.isAwaited(at: start + .seconds(23)))
  }

  @Test("believes in an append-only file only when it has been made")
  func unmadeFile() async throws {
    // As slow as a large one: two seconds for its first rewrite.
    let server = try await RedisServer.start(configuration: ["rdb-key-save-delay 10000"])
    defer { server.stop() }
    try server.command("DEBUG", "POPULATE", "200")
    try await RedisBackend.with(server) { backend in
      let check = RedisSettingsCheck(connection: try await backend.connect())
      try server.command("CONFIG", "SET", "appendonly", "yes")
      #expect(try server.command("INFO", "persistence").contains("aof_enabled:1"))
      let fatal = try await check.findings(for: .normal).filter(\.isFatal).map(\.text)
      #expect(fatal.count == 1 && fatal[0].hasPrefix("the append-only file is being made"), "\(fatal)")
      #expect(try await check.findings(for: .fast).contains { $0.isFatal } == false)
      try await eventually("it is made") { try await check.findings(for: .normal).contains { $0.isFatal } == false }
      #expect(try server.command("INFO", "persistence").contains("aof_rewrite_in_progress:0"))
    }
  }

  private static let running = ["run_id": "a", "aof_enabled": "1", "aof_last_bgrewrite_status": "ok"]
  private static let rewriting = ["aof_rewrite_in_progress": "1"]
  private static let first = ["aof_rewrite_in_progress": "1", "aof_base_size": "0"]
  private static let failed = ["aof_last_bgrewrite_status": "err", "aof_base_size": "0"]
  private static let scheduled = ["aof_rewrite_scheduled": "1", "aof_base_size": "0"]
  private static let restarted = ["run_id": "b", "aof_base_size": "88"]

  @Test(
    "tells a file that is being made from one that is rewritten, look by look",
    arguments: [
      ([[:], rewriting, failed, [:]], [false, false, false, false]),
      ([["aof_enabled": "0"], rewriting, scheduled, failed, rewriting], [true, true, true, false, false]),
      ([["aof_enabled": "0"], [:]], [true, false]),
      ([first, first, [:]], [true, true, false]),
      ([scheduled, [:]], [true, false]),
      ([failed, [:]], [false, false]),
      ([[:], restarted, restarted.merging(rewriting) { $1 }], [false, false, false]),
      ([first, restarted], [true, false]),
      ([[:], first.merging(["run_id": "b"]) { $1 }, ["run_id": "b"]], [false, true, false]),
    ] as [([[String: String]], [Bool])])
  func proof(looks: [[String: String]], expected: [Bool]) {
    var proof = AppendOnlyProof()
    var found: [Bool] = []
    for look in looks {
      proof.look(at: RedisFacts(Self.running.merging(look) { $1 }))
      found.append(proof.isFileBeingMade)
    }
    #expect(found == expected)
  }

  @Test("tells when Redis refuses to write because a snapshot has failed")
  func failedSnapshot() async throws {
    let server = try await RedisServer.start(configuration: ["save 3600 1"])
    defer { server.stop() }
    // A snapshot cannot take the place of a folder.
    try FileManager.default.createDirectory(
      atPath: server.directory + "/dump.rdb/taken", withIntermediateDirectories: true)
    try await RedisBackend.with(server) { backend in
      let check = RedisSettingsCheck(connection: try await backend.connect())
      #expect(try await check.findings(for: .fast).contains { $0.isFatal } == false)
      try server.command("BGSAVE")
      try await eventually("Redis refuses") { try server.command("SET", "key", "1").hasPrefix("-MISCONF") }
      let fatal = try await check.findings(for: .fast).filter(\.isFatal).map(\.text)
      #expect(fatal.count == 1 && fatal[0].hasPrefix("the last RDB snapshot failed"), "\(fatal)")
      try server.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
      #expect(try await check.findings(for: .fast).contains { $0.isFatal } == false)
    }
  }

  @Test("takes what is wrong with a Redis that has no part in the queue for advice")
  func others() {
    let bad = ["maxmemory-policy": "allkeys-lru", "maxmemory": "100", "used_memory": "99"]
    let nodes = [
      RedisFacts(address: "a", ["role": "master", "maxmemory": "100", "used_memory": "1"]),
      RedisFacts(address: "b", isHome: false, bad),
      RedisFacts(address: "c", isHome: false, problem: "connection refused"),
    ]
    let findings = RedisSettingsCheck.findings(in: nodes, for: .strict)
    #expect(findings.map(\.kind) == [.advice, .advice, .advice])
    #expect(findings.last?.text == "c: this Redis does not answer: connection refused")
    #expect(RedisSettingsCheck.findings(in: [RedisFacts(bad)], for: .strict).map(\.kind) == [.fatal, .pressure])
  }

  @Test("advises on a rewrite of the append-only file that has failed")
  func failedRewrite() {
    let facts = RedisFacts(Self.running.merging(["aof_last_bgrewrite_status": "err"]) { $1 })
    #expect(RedisSettingsCheck.findings(in: [facts], for: .strict).map(\.kind) == [.advice])
  }
}

extension RedisBackend {
  /// On a server that the caller stops.
  fileprivate static func with(_ server: RedisServer, _ body: (RedisBackend) async throws -> Void) async throws {
    let backend = try await RedisBackend(server: server)
    do {
      try await body(backend)
    } catch {
      await backend.close()
      throw error
    }
    await backend.close()
  }
}
