// A Redis for the model check: its scripts take the time and the ids of stream entries from keys, so that the model can
// foretell every byte of it.

import Logging
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

@testable import ExecutionQueue

struct ModelRedis {
  let connection: RedisConnection
  let keys = QueueKeys(partition: 0)

  static let workers = ["a", "b", "c", "d"]

  static func with(_ body: (ModelRedis) async throws -> Void) async throws {
    let server = try await RedisServer.start()
    defer { server.stop() }
    let scripts = RedisAdmissionQueue.scripts + RedisDeliveryQueue.scripts + RedisControl.scripts
    for (old, _) in changes { #expect(scripts.contains { $0.source.contains(old) }, "no script has \(old) any more") }
    let connection = RedisConnection(
      url: try RedisURL(server.url), eventLoop: MultiThreadedEventLoopGroup.singleton.next(), name: "model",
      scripts: scripts.map(foretellable), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    connection.start()
    try await connection.whenReady(timeout: .seconds(10))
    let result: Result<Void, any Error>
    do { result = .success(try await body(ModelRedis(connection: connection))) } catch { result = .failure(error) }
    try? await connection.close().get()
    try result.get()
  }

  private static let clock = "redis.call('GET', '{p0}:clock')"

  private static let changes: [(old: String, new: String)] = [
    ("redis.call('TIME')", "{math.floor(\(clock) / 1000000), \(clock) % 1000000}"),
    ("'*', ", "string.format('%.0f-%.0f', math.floor(\(clock) / 1000), redis.call('INCR', '{p0}:entries')), "),
    // These run out by Redis's own clock.
    ("'PX', math.ceil((last - time()) / 1000)", "'PX', 86400000"),
    ("'PX', math.ceil((start - now_us + interval) / 1000)", "'PX', 86400000"),
    // A hash has no order.
    ("ipairs(redis.call('HKEYS', KEYS[1]))", "ipairs(sorted(redis.call('HKEYS', KEYS[1])))"),
    ("local known = {}", "local known = {} local function sorted(names) table.sort(names) return names end"),
  ]

  private static func foretellable(_ script: RedisScript) -> RedisScript {
    return RedisScript(
      name: script.name, source: changes.reduce(script.source) { $0.replacing($1.old, with: $1.new) })
  }

  /// Begins anew.
  func reset() async throws {
    _ = try await connection.run(RedisCommand("FLUSHALL"))
    _ = try await connection.run(.groups, keys: keys.streams) { $0.append(QueueKeys.group) }
    _ = try await connection.run(RedisCommand("SET", keys.steady, "1"))
  }

  func send(_ words: [String]) -> EventLoopFuture<RedisValue> {
    var command = RedisCommand(words[0])
    for word in words.dropFirst() { command.append(word) }
    return connection.send(command)
  }
}
