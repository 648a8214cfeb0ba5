// What a real Redis says when it refuses, directly and from within scripts.

import NIOCore
import TestSupport
import Testing

@testable import RedisClient

@Suite("A Redis that refuses")
struct RedisErrorLiveTests {
  private func scriptError(_ redis: LiveRedis, _ source: String) async -> RedisError? {
    do {
      _ = try await redis.connection.run(RedisScript(name: "probe", source: source), keys: ["key"])
      return nil
    } catch {
      return error
    }
  }

  @Test("as a replica of a master that is away")
  func replica() async throws {
    try await LiveRedis.with(.start()) { redis in
      try redis.server.command("SET", "key", "1")
      let source = "return redis.call('SET', KEYS[1], 1)"
      // Each refusal ends the connection, and it comes back to a primary only.
      for (number, kind) in [RedisError.Kind.readOnly, .readOnly, .masterDown].enumerated() {
        try redis.server.command("CONFIG", "SET", "replica-serve-stale-data", kind == .masterDown ? "no" : "yes")
        try redis.server.command("REPLICAOF", "127.0.0.1", "1")
        // A replica refuses to write before it looks whether its master is away.
        let command = kind == .masterDown ? "GET" : "INCR"
        let error = number == 1 ? await scriptError(redis, source) : await redis.error(command, "key")
        #expect(error?.kind == kind)
        try await LiveRedis.eventually { redis.connection.lastProblem?.contains("not the primary") == true }
        #expect(redis.connection.lastProblem?.hasSuffix("it is a replica, not the primary") == true)
        try redis.server.command("REPLICAOF", "NO", "ONE")
        try await redis.connection.whenReady(timeout: .seconds(10))
        #expect(try await redis.run("SET", "key", "2") == .status("OK"))
      }
    }
  }

  @Test("over its memory limit, for commands, scripts, and errors that scripts raise again")
  func outOfMemory() async throws {
    try await LiveRedis.with(.start()) { redis in
      _ = try await redis.run("SET", "key", "1")
      try redis.server.command("CONFIG", "SET", "maxmemory", "1")
      #expect(await redis.error("SET", "key", "2")?.kind == .outOfMemory)
      #expect(await scriptError(redis, "return redis.call('SET', KEYS[1], 1)")?.kind == .outOfMemory)
      #expect(await scriptError(redis, "#!lua\nreturn redis.call('SET', KEYS[1], 1)")?.kind == .outOfMemory)
      #expect(
        await scriptError(redis, "local e = redis.pcall('SET', KEYS[1], 1) return e")?.kind == .outOfMemory)
      #expect(
        await scriptError(redis, "local e = redis.pcall('SET', KEYS[1], 1) error(e)")?.kind == .outOfMemory)
      #expect(
        await scriptError(redis, "local e = redis.pcall('SET', KEYS[1], 1) error('again: ' .. e['err'])")?.kind
          == .outOfMemory)
      #expect(try await redis.run("GET", "key").text == "1")
      try redis.server.command("CONFIG", "SET", "maxmemory", "0")
      #expect(try await redis.run("SET", "key", "2") == .status("OK"))
    }
  }

  @Test("inside scripts: wrong types, made-up codes, plain failures, errors in arrays")
  func scripts() async throws {
    try await LiveRedis.with(.start()) { redis in
      _ = try await redis.run("SET", "key", "1")
      #expect(await scriptError(redis, "return redis.call('LPUSH', KEYS[1], 1)")?.kind == .wrongType)
      let made = await scriptError(redis, "return redis.error_reply('BACKLOG the queue is full')")
      #expect(made == RedisError(kind: .server, message: "BACKLOG the queue is full"))
      #expect(made?.code == "BACKLOG")
      #expect(await scriptError(redis, "error('plain')")?.kind == .server)
      #expect(await scriptError(redis, "return nonsense.field")?.kind == .server)
      let list = try await redis.connection.run(
        RedisScript(name: "list", source: "return {1, redis.pcall('LPUSH', KEYS[1], 1), 'x'}"), keys: ["key"])
      guard case .error(let inner) = list.array?[1] else { return #expect(Bool(false), "no error in \(list)") }
      #expect(inner.kind == .wrongType)
    }
  }

  @Test("about streams and their groups")
  func groups() async throws {
    try await LiveRedis.with(.start()) { redis in
      #expect(await redis.error("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">")?.kind == .noGroup)
      _ = try await redis.run("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM")
      #expect(await redis.error("XGROUP", "CREATE", "s", "g", "0")?.kind == .groupExists)
      let read = redis.connection.send(
        RedisCommand("XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "s", ">"), timeout: .seconds(30))
      try await LiveRedis.eventually { try redis.server.command("INFO", "clients").contains("blocked_clients:1") }
      try redis.server.command("DEL", "s")
      #expect(await read.failure()?.kind == .unblocked)
    }
  }

  @Test("with too few replicas, a busy script, a disk it cannot write to, or missing rights")
  func others() async throws {
    let users = [RedisServer.User(name: "reader", password: "r", rules: "~* +get +ping +client")]
    let server = try await RedisServer.start(users: users)
    try await LiveRedis.with(server) { redis in
      try server.command("CONFIG", "SET", "min-replicas-to-write", "1")
      #expect(await redis.error("SET", "key", "1")?.kind == .noReplicas)
      try server.command("CONFIG", "SET", "min-replicas-to-write", "0")
      _ = try await redis.run("AUTH", "reader", "r")
      let refused = await redis.error("SET", "key", "1")
      #expect(refused?.kind == .authentication)
      #expect(refused?.code == "NOPERM")
    }
  }

  @Test("while a script runs for too long")
  func busy() async throws {
    let server = try await RedisServer.start(configuration: ["busy-reply-threshold 20"])
    let endless = RedisScript(name: "endless", source: "while true do end")
    try await LiveRedis.with(server) { looping in
      let blocked = looping.connection.call(endless, timeout: .seconds(30), keys: []) { _ in }
      let group = looping.connection.eventLoop
      let other = RedisConnection(
        url: try RedisURL(server.url), eventLoop: group, name: "other", scripts: [], logger: looping.log.logger)
      other.start()
      try await LiveRedis.eventually { other.lastProblem?.contains("BUSY") == true }
      #expect(other.lastProblem?.contains("BUSY") == true)
      #expect(try server.command("SCRIPT", "KILL") == "+OK")
      #expect(await blocked.failure()?.kind == .server)
      try await other.whenReady(timeout: .seconds(5))
      try await other.close().get()
    }
  }
}
