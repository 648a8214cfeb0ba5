// A connection whose primary becomes another server: behind a name that moves, by the word of a sentinel, among shards.

import Glibc
import NIOCore
import TestSupport
import Testing

@testable import RedisClient

@Suite("A connection to a primary that changes", .timeLimit(.minutes(1)))
struct RedisFailoverTests {
  @Test("follows a name that leads to another server, as soon as the one before says that it is a replica")
  func movingName() async throws {
    let directory = try TemporaryDirectory()
    let first = try await RedisServer.start(listening: .unixSocket)
    let second = try await RedisServer.start(listening: .unixSocket)
    defer { second.stop() }
    func point(to server: RedisServer) throws {
      try #require(symlink(server.directory + "/redis.sock", directory.file("next")) == 0)
      try #require(rename(directory.file("next"), directory.file("name")) == 0)
    }
    try point(to: first)
    try await LiveRedis.with(first, url: "unix://\(directory.file("name"))") { redis in
      #expect(try await redis.run("SET", "key", "1") == .status("OK"))
      try first.command("REPLICAOF", "127.0.0.1", "1")
      try point(to: second)
      let error = await redis.error("SET", "key", "2")
      #expect(error?.kind == .readOnly)
      try await redis.connection.whenReady(timeout: .seconds(10))
      #expect(try await redis.run("SET", "key", "3") == .status("OK"))
      #expect(try second.command("GET", "key") == "3")
    }
  }

  @Test("leaves a primary that a sentinel has replaced, long before that one knows of it")
  func plannedFailover() async throws {
    let primary = try await RedisServer.start()
    let replica = try await RedisServer.start(configuration: ["replicaof 127.0.0.1 \(primary.port)"])
    defer { replica.stop() }
    let sentinel = try Sentinel(watching: primary)
    defer { sentinel.stop() }
    try await eventually("the replica follows", within: .seconds(20)) {
      try primary.command("INFO", "replication").contains("state=online")
    }
    try await eventually("the sentinel knows it", within: .seconds(20)) { try sentinel.replicas() == 1 }
    try await LiveRedis.with(primary, url: sentinel.url) { redis in
      #expect(try await redis.run("SET", "key", "before") == .status("OK"))
      try await sentinel.failOver()
      try await eventually("writes go to the new primary", within: .seconds(8)) {
        _ = await redis.error("SET", "key", "after")
        return try replica.command("GET", "key") == "after"
      }
      #expect(try primary.command("ROLE").hasPrefix("master"))
      #expect(redis.connection.isReady)
    }
  }

  @Test("tells of each key whether its own server is there, and what each server answers")
  func shards() async throws {
    let first = try await RedisServer.start()
    let second = try await RedisServer.start()
    defer { second.stop() }
    try await LiveRedis.with(first, url: "\(first.url) \(second.url)") { redis in
      let connection = redis.connection
      #expect(connection.isReady(for: "{p0}:x") && connection.isReady(for: "{p1}:x"))
      second.kill()
      try await LiveRedis.eventually { !connection.isReady }
      #expect(!connection.isReady)
      #expect(connection.isReady(for: "{p0}:x") && connection.lastProblem(for: "{p0}:x") == nil)
      #expect(!connection.isReady(for: "{p1}:x") && connection.lastProblem(for: "{p1}:x") != nil)
      let answers = try await connection.everyPrimary(RedisCommand("PING"), home: "{p1}:x")
      #expect(answers.map(\.isHome) == [false, true])
      #expect(answers[0].result == .success(.status("PONG")))
      #expect(throws: RedisError.self) { try answers[1].result.get() }
    }
  }

  @Test("in a cluster tells of each key whether the node of its slot is there")
  func nodes() throws {
    let (one, other) = (RedisAddress.tcp(host: "a", port: 1), RedisAddress.tcp(host: "b", port: 1))
    var map = SlotMap()
    map.set(HashSlot.of("{p0}:x"), owner: one)
    map.set(HashSlot.of("{p1}:x"), owner: other)
    var snapshot = ConnectionStatus.Snapshot(phase: .away, problem: "b is away")
    snapshot.parts = .cluster(
      map, [one: .init(phase: .ready), other: .init(phase: .away, problem: "b is away")])
    #expect(snapshot.part(for: "{p0}:x").phase == .ready)
    #expect(snapshot.part(for: "{p1}:x") == .init(phase: .away, problem: "b is away"))
    #expect(snapshot.part(for: "{p2}:x").phase == .away)
  }
}
