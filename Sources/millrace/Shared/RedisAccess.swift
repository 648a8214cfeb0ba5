// A command's way to Redis: which one, a connection that is ready, and plain words when there is none.

import ExecutionQueue
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import RedisClient

struct RedisAccess {
  let url: RedisURL
  let connection: RedisConnection

  private static let patience = TimeAmount.seconds(3)
  /// A command says itself what went wrong.
  static let quiet = Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() }

  /// Opens a connection for the time of the body.
  static func with<Result>(
    _ settings: CommandSettings, scripts: [RedisScript] = [], _ body: (RedisAccess) async throws -> Result
  ) async throws -> Result {
    try await with(try url(settings), scripts: scripts, body)
  }

  static func with<Result>(
    _ url: RedisURL, scripts: [RedisScript] = [], _ body: (RedisAccess) async throws -> Result
  ) async throws -> Result {
    let connection = connect(url, scripts: scripts)
    do {
      do { try await connection.whenReady(timeout: patience) } catch { throw unreachable(url, "\(error)") }
      let result = try await body(RedisAccess(url: url, connection: connection))
      try? await connection.close().get()
      return result
    } catch {
      try? await connection.close().get()
      throw (error as? QueueError).map { CommandFailure($0) } ?? error
    }
  }

  /// A connection that tries until it is closed.
  static func connect(_ url: RedisURL, scripts: [RedisScript]) -> RedisConnection {
    let connection = RedisConnection(
      url: url, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), name: "millrace", scripts: scripts,
      logger: quiet)
    connection.start()
    return connection
  }

  /// The one that is set; else that of a `millrace up` with this state directory; else the default, unless somebody has
  /// said which directory is meant.
  static func url(_ settings: CommandSettings) throws(CommandFailure) -> RedisURL {
    let (given, directory) = (settings.settings.redisURL, settings.settings.stateDirectory)
    if settings.namesRedis { return try parsed(given) }
    if let socket = RedisSocket.existing(in: directory) { return try parsed(RedisSocket.url(socket)) }
    guard !settings.namesStateDirectory else {
      throw CommandFailure(
        "no `millrace up` runs with the state directory '\(directory)': there is no Redis in it",
        code: ExitCode.unavailable)
    }
    return try parsed(given)
  }

  static func parsed(_ text: String) throws(CommandFailure) -> RedisURL {
    do { return try RedisURL(text) } catch {
      throw CommandFailure("MILLRACE_REDIS_URL: \(error)", code: ExitCode.configuration)
    }
  }

  private static func unreachable(_ url: RedisURL, _ problem: String) -> CommandFailure {
    CommandFailure(
      "no Redis at \(url): \(problem); start `millrace up`, or say where Redis is with --redis-url or "
        + "MILLRACE_REDIS_URL", code: ExitCode.unavailable)
  }
}
