// A connection whose Redis dies, hangs, hangs up and comes back.

import NIOCore
import TestSupport
import Testing

@testable import RedisClient

@Suite("A connection to a Redis in trouble")
struct RedisConnectionFaultTests {
  @Test("fails at once while Redis is away, queues nothing, logs little, and is back by itself")
  func killAndRestart() async throws {
    try await LiveRedis.with(.start(appendOnly: .everysec)) { redis in
      #expect(try await redis.run("SET", "key", "value") == .status("OK"))
      redis.server.kill()
      try await LiveRedis.eventually { !redis.connection.isReady }
      let connection = redis.connection
      for _ in 0..<1_000 {
        let error = await redis.error("SET", "lost", "1")
        #expect(error?.kind == .disconnected)
      }
      // Long enough away for several attempts to fail.
      try await LiveRedis.eventually { connection.lastProblem?.contains("connection refused") == true }
      #expect(connection.lastProblem?.contains("cannot connect to Redis at 127.0.0.1:\(redis.server.port)") == true)
      try await redis.server.restart()
      try await connection.whenReady(timeout: .seconds(5))
      #expect(connection.lastProblem == nil)
      #expect(try await redis.run("GET", "key").text == "value")
      #expect(try await redis.run("EXISTS", "lost") == .integer(0))
      let lines = redis.log.lines
      #expect(lines.last?.text == "connected to Redis again")
      let warnings = redis.log.warnings
      for (one, next) in zip(warnings, warnings.dropFirst()) { #expect(next.time - one.time >= .milliseconds(900)) }
      #expect(!warnings.isEmpty && lines.count == warnings.count + 1)
    }
  }

  @Test("fails what is on its way when the client is killed, and goes on with a new socket")
  func clientKill() async throws {
    try await LiveRedis.with(.start()) { redis in
      let blocked = redis.connection.send(RedisCommand("BLPOP", "none", "0"), timeout: .seconds(60))
      let behind = redis.connection.send(RedisCommand("INCR", "n"))
      try await LiveRedis.eventually { try redis.server.command("INFO", "clients").contains("blocked_clients:1") }
      let number = try #require(redis.connection.clientID)
      #expect(try redis.server.command("CLIENT", "KILL", "ID", "\(number)") == "1")
      for future in [blocked, behind] {
        let error = await future.failure()
        #expect(error?.kind == .disconnected)
        #expect(error?.message.contains("the server closed the connection") == true)
      }
      try await redis.connection.whenReady(timeout: .seconds(5))
      #expect(try await redis.run("PING") == .status("PONG"))
      #expect(try #require(redis.connection.clientID) > number)
    }
  }

  @Test("gives up a server that hangs after the command's timeout, and is back when it wakes")
  func hangingServer() async throws {
    try await LiveRedis.with(.start()) { redis in
      redis.server.pause()
      let connection = redis.connection
      let overdue = connection.send(RedisCommand("PING"), timeout: .milliseconds(100))
      let behind = connection.send(RedisCommand("PING"), timeout: .seconds(60))
      #expect(await overdue.failure()?.kind == .timeout)
      #expect(await behind.failure()?.kind == .disconnected)
      try await LiveRedis.eventually { connection.lastProblem != nil }
      redis.server.resume()
      try await connection.whenReady(timeout: .seconds(10))
      #expect(try await redis.run("PING") == .status("PONG"))
    }
  }

  @Test("bounds what it holds for a server that hangs")
  func bounded() async throws {
    let limits = PendingCommands.Limits(count: 1_000, bytes: 1 << 20)
    try await LiveRedis.with(.start(), limits: limits) { redis in
      redis.server.pause()
      let connection = redis.connection
      var futures: [EventLoopFuture<RedisValue>] = []
      for _ in 0..<1_500 { futures.append(connection.send(RedisCommand("PING"), timeout: .seconds(30))) }
      for future in futures.suffix(500) {
        let error = await future.failure()
        #expect(error?.kind == .busy)
      }
      redis.server.resume()
      for future in futures.prefix(1_000) {
        let reply = try await future.get()
        #expect(reply == .status("PONG"))
      }
    }
  }

  @Test("waits while Redis loads its data and says so")
  func loading() async throws {
    let server = try await RedisServer.start(configuration: [
      "key-load-delay 2000", "loading-process-events-interval-bytes 1024",
    ])
    try server.command("DEBUG", "POPULATE", "1500")
    try server.command("SAVE")
    server.kill()
    try await LiveRedis.with(server, waits: false) { redis in
      async let restarted: Void = server.restart()
      try await LiveRedis.eventually { redis.connection.lastProblem?.contains("LOADING") == true }
      #expect(redis.connection.lastProblem?.contains("LOADING") == true)
      #expect(await redis.error("GET", "key:1")?.kind == .disconnected)
      try await restarted
      try await redis.connection.whenReady(timeout: .seconds(10))
      #expect(try await redis.run("DBSIZE") == .integer(1_500))
    }
  }

  @Test(
    "says why it may not log in, without the password, and logs in when it may",
    arguments: [("", "NOAUTH"), (":wrong-secret@", "WRONGPASS"), ("nobody:wrong-secret@", "WRONGPASS")])
  func refusedLogin(credentials: String, code: String) async throws {
    let server = try await RedisServer.start(password: "right")
    try await LiveRedis.with(server, url: "redis://\(credentials)127.0.0.1:\(server.port)", waits: false) { redis in
      try await LiveRedis.eventually { redis.connection.lastProblem != nil }
      let error = await #expect(throws: RedisError.self) {
        try await redis.connection.whenReady(timeout: .milliseconds(50))
      }
      #expect(error?.message.contains(code) == true)
      let problem = redis.connection.lastProblem ?? ""
      #expect(problem.contains(code) && problem.contains("127.0.0.1:\(server.port)"))
      #expect(!redis.log.lines.contains { $0.text.contains("wrong-secret") })
      guard credentials.isEmpty else { return }
      try server.command("CONFIG", "SET", "requirepass", "")
      try await redis.connection.whenReady(timeout: .seconds(10))
    }
  }

  @Test("says so when a host name does not exist, a socket is missing, or a script does not compile")
  func hopeless() async throws {
    let server = try await RedisServer.start()
    let broken = RedisScript(name: "broken", source: "retrun 1")
    try await LiveRedis.with(server, scripts: [broken], waits: false) { redis in
      try await LiveRedis.eventually { redis.connection.lastProblem != nil }
      #expect(redis.connection.lastProblem?.contains("the script broken was refused: ERR Error compiling") == true)
    }
    let other = try await RedisServer.start()
    try await LiveRedis.with(other, url: "unix:///nowhere/redis.sock", waits: false) { redis in
      try await LiveRedis.eventually { redis.connection.lastProblem != nil }
      #expect(
        redis.connection.lastProblem
          == "cannot connect to Redis at /nowhere/redis.sock: no such file or directory")
    }
    let third = try await RedisServer.start()
    try await LiveRedis.with(third, url: "redis://does-not-exist.invalid", waits: false) { redis in
      try await LiveRedis.eventually { redis.connection.lastProblem != nil }
      #expect(redis.connection.lastProblem?.contains("the host name does-not-exist.invalid cannot be resolved") == true)
    }
  }

  @Test("says so when Redis has too many clients already, and comes in when one leaves")
  func tooManyClients() async throws {
    try await LiveRedis.with(.start(configuration: ["maxclients 1"])) { redis in
      let second = RedisConnection(
        url: try RedisURL(redis.server.url), eventLoop: redis.connection.eventLoop, name: "second", scripts: [],
        logger: redis.log.logger)
      second.start()
      try await LiveRedis.eventually { second.lastProblem?.contains("max number of clients") == true }
      #expect(second.lastProblem?.contains("max number of clients") == true)
      try await redis.connection.close().get()
      try await second.whenReady(timeout: .seconds(10))
      try await second.close().get()
    }
  }

  @Test("fails what waits for it when it is closed before it was ever ready")
  func closedWhileAway() async throws {
    let server = try await RedisServer.start()
    server.kill()
    try await LiveRedis.with(server, waits: false) { redis in
      let ready: EventLoopFuture<Void> = redis.connection.whenReady(timeout: .seconds(30))
      try await LiveRedis.eventually { redis.connection.state == .away }
      try await redis.connection.close().get()
      #expect(await ready.failure()?.kind == .closed)
    }
  }
}
