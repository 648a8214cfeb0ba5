// A connection to a real Redis that behaves: order, sizes, scripts, databases, users, sockets.

import Glibc
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import RedisClient

@Suite("A connection to Redis")
struct RedisConnectionTests {
  private let count = RedisScript(name: "count", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")

  @Test("answers 10,000 commands of one turn, and 10,000 from other threads, in their order")
  func pipelining() async throws {
    try await LiveRedis.with(.start()) { redis in
      let connection = redis.connection
      let values = try await connection.eventLoop.flatSubmit {
        EventLoopFuture.whenAllSucceed(
          (0..<10_000).map { _ in connection.send(RedisCommand("INCR", "one")) }, on: connection.eventLoop)
      }.get()
      #expect(values == (1...10_000).map { .integer($0) })
      var futures: [EventLoopFuture<RedisValue>] = []
      for _ in 0..<10_000 { futures.append(connection.send(RedisCommand("INCR", "two"))) }
      let others = try await EventLoopFuture.whenAllSucceed(futures, on: connection.eventLoop).get()
      #expect(others == (1...10_000).map { .integer($0) })
    }
  }

  @Test("keeps every byte")
  func binary() async throws {
    try await LiveRedis.with(.start()) { redis in
      let all = (0...255).map { UInt8($0) } + Array("\r\n$-1\r\n".utf8)
      var set = RedisCommand("SET")
      set.append(all)
      set.append(ByteBuffer(bytes: all.reversed()))
      let stored = try await redis.run(set)
      #expect(stored == .status("OK"))
      var get = RedisCommand("GET")
      get.append(all)
      let read = try await redis.run(get)
      #expect(read.bytes == ByteBuffer(bytes: all.reversed()))
    }
  }

  @Test("carries values of 16 MB both ways, and small commands right behind them")
  func large() async throws {
    try await LiveRedis.with(.start()) { redis in
      var generator = SeededGenerator(seed: 16)
      let bytes = (0..<(2 << 20)).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
      var set = RedisCommand("SET", capacity: bytes.count + 64)
      set.append("large")
      set.append(bytes)
      async let stored = redis.connection.run(set)
      async let pong = redis.connection.run(RedisCommand("PING"))
      #expect(try await stored == .status("OK"))
      #expect(try await pong == .status("PONG"))
      async let first = redis.run("GET", "large")
      async let list = redis.run("MGET", "large", "none", "large")
      let expected = ByteBuffer(bytes: bytes)
      #expect(try await first.bytes == expected)
      let elements = try await list.array
      #expect(elements?.map { $0.bytes == expected } == [true, false, true])
    }
  }

  @Test("calls scripts by digest, and again after SCRIPT FLUSH without the caller noticing")
  func scripts() async throws {
    try await LiveRedis.with(.start(), scripts: [count]) { redis in
      func add(_ number: Int) async throws -> RedisValue {
        try await redis.connection.run(count, keys: ["n"]) { $0.append(number) }
      }
      #expect(try await add(5) == .integer(5))
      #expect(try redis.server.command("INFO", "commandstats").contains("cmdstat_evalsha:calls=1"))
      try redis.server.command("SCRIPT", "FLUSH")
      #expect(try await add(2) == .integer(7))
      #expect(try await add(1) == .integer(8))
      let statistics = try redis.server.command("INFO", "commandstats")
      #expect(statistics.contains("cmdstat_evalsha:calls=3"))
      #expect(statistics.contains("cmdstat_eval:calls=1"))
    }
  }

  @Test("calls a script it was not told about with its source")
  func unknownScript() async throws {
    try await LiveRedis.with(.start()) { redis in
      let result = try await redis.connection.run(count, keys: ["n"]) { $0.append(3) }
      #expect(result == .integer(3))
    }
  }

  @Test("uses the database and the name it was given, and knows its number")
  func database() async throws {
    let server = try await RedisServer.start()
    try await LiveRedis.with(server, url: server.url + "/5") { redis in
      _ = try await redis.run("SET", "here", "1")
      let information = try await redis.run("CLIENT", "INFO").text ?? ""
      #expect(information.contains(" db=5 ") && information.contains(" name=test "))
      let number = try #require(redis.connection.clientID)
      #expect(information.hasPrefix("id=\(number) "))
      #expect(try redis.server.command("DBSIZE") == "0")
    }
  }

  @Test("reads with a long timeout do not end a connection, nor does the wait for them")
  func blocking() async throws {
    try await LiveRedis.with(.start()) { redis in
      let read = RedisCommand("XREAD", "BLOCK", "20000", "STREAMS", "stream", "$")
      async let entry = redis.connection.run(read, timeout: .seconds(30))
      try await LiveRedis.eventually {
        try redis.server.command("INFO", "clients").contains("blocked_clients:1")
      }
      let id = try redis.server.command("XADD", "stream", "*", "field", "value")
      let expected = RedisValue.array([
        .array([
          .string(ByteBuffer(string: "stream")),
          .array([
            .array([
              .string(ByteBuffer(string: id)),
              .array([.string(ByteBuffer(string: "field")), .string(ByteBuffer(string: "value"))]),
            ])
          ]),
        ])
      ])
      #expect(try await entry == expected)
      let brief = RedisCommand("XREAD", "BLOCK", "10", "STREAMS", "stream", "$")
      let nothing = try await redis.connection.run(brief, timeout: .seconds(30))
      #expect(nothing == .null)
    }
  }

  @Test("works over a unix socket, with user, password and database")
  func unixSocket() async throws {
    let server = try await RedisServer.start(
      listening: .unixSocket, users: [.init(name: "mill@race", password: "p:a/s@s")])
    let path = server.directory + "/redis.sock"
    try await LiveRedis.with(server, url: "unix://mill%40race:p%3Aa%2Fs%40s@\(path)?db=3") { redis in
      #expect(try await redis.run("ACL", "WHOAMI").text == "mill@race")
      let information = try await redis.run("CLIENT", "INFO").text ?? ""
      #expect(information.contains(" db=3 "))
    }
  }

  @Test("sets the socket options that make a dead host show")
  func socketOptions() async throws {
    let server = try await RedisServer.start()
    defer { server.stop() }
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    let channel = try await SocketOptions.apply(to: bootstrap).connect(host: "127.0.0.1", port: server.port).get()
    let provider = try #require(channel as? any SocketOptionProvider)
    func option(_ level: NIOBSDSocket.OptionLevel, _ name: Int32) async throws -> CInt {
      try await provider.unsafeGetSocketOption(level: level, name: .init(rawValue: name)).get()
    }
    #expect(try await option(.tcp, TCP_NODELAY) == 1)
    #expect(try await option(.socket, SO_KEEPALIVE) == 1)
    #expect(try await option(.tcp, 18) == 10_000)
    try await channel.close()
  }

  @Test("fails pending commands with closed, and everything after it too")
  func close() async throws {
    try await LiveRedis.with(.start()) { redis in
      let pending = redis.connection.send(RedisCommand("BLPOP", "none", "0"), timeout: .seconds(60))
      _ = try await redis.connection.close().get()
      #expect(await pending.failure()?.kind == .closed)
      #expect(await redis.error("PING")?.kind == .closed)
      let late = await #expect(throws: RedisError.self) { try await redis.connection.whenReady(timeout: .seconds(5)) }
      #expect(late?.kind == .closed)
      #expect(redis.connection.state == .closed)
      redis.connection.start()
      _ = try await redis.connection.close().get()
      try await LiveRedis.eventually { try !redis.server.command("CLIENT", "LIST").contains("name=test") }
      #expect(try !redis.server.command("CLIENT", "LIST").contains("name=test"))
    }
  }
}
