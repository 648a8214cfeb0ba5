// A real server and a connection to it, for the length of a test.

import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

@testable import RedisClient

/// Runs a test body with what it needs and cleans up after it.
struct LiveRedis {
  let server: RedisServer
  let connection: RedisConnection
  let log: LogRecord

  static func with(
    _ server: RedisServer, url: String? = nil, scripts: [RedisScript] = [], waits: Bool = true,
    limits: PendingCommands.Limits = .init(), body: (LiveRedis) async throws -> Void
  ) async throws {
    defer { server.stop() }
    let log = LogRecord()
    let connection = RedisConnection(
      url: try RedisURL(url ?? server.url), eventLoop: MultiThreadedEventLoopGroup.singleton.next(), name: "test",
      scripts: scripts, logger: log.logger, limits: limits)
    connection.start()
    do {
      if waits { try await connection.whenReady(timeout: .seconds(10)) }
      try await body(LiveRedis(server: server, connection: connection, log: log))
    } catch {
      try await connection.close().get()
      throw error
    }
    try await connection.close().get()
  }

  // Untyped throws, because expectations do not take typed ones.
  func run(_ words: String...) async throws -> RedisValue {
    var command = RedisCommand(words[0])
    for word in words.dropFirst() { command.append(word) }
    return try await connection.run(command)
  }

  func run(_ command: RedisCommand) async throws -> RedisValue { try await connection.run(command) }

  /// The error a command ends with, nil if it succeeds.
  func error(_ words: String...) async -> RedisError? {
    var command = RedisCommand(words[0])
    for word in words.dropFirst() { command.append(word) }
    do {
      _ = try await connection.run(command)
      return nil
    } catch {
      return error
    }
  }

  /// Waits until a fact holds.
  static func eventually(_ fact: () async throws -> Bool) async throws {
    try await TestSupport.eventually("what the test waits for", within: .seconds(15)) { try await fact() }
  }
}

extension EventLoopFuture where Value: Sendable {
  /// The error this ends with, nil if it succeeds.
  func failure() async -> RedisError? {
    do {
      _ = try await get()
      return nil
    } catch {
      return error as? RedisError
    }
  }
}
