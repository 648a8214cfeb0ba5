// What the behaviour suite runs on: one queue, seen by any number of ingests and workers.

import ExecutionQueue
import Logging
import NIOCore
import NIOPosix
import RedisClient
import TestSupport

protocol QueueBackend: Sendable {
  /// How long a silent worker counts as alive.
  var lifetime: Duration { get }
  func admissions(backlog: Int) async throws -> any AdmissionQueue
  func worker(_ name: String) async throws -> any DeliveryQueue
  func replies(inbox: String) async throws -> any ReplyQueue
  var definitions: any DefinitionStore { get async throws }
  var inspection: any QueueInspection { get async throws }
  /// Makes the worker's heartbeat run out, as if the process had been killed.
  func silence(_ worker: String) async throws
  /// Makes it seem as if heartbeats had come for long without an outage.
  func beSteady() async throws
}

extension QueueBackend {
  func beSteady() async throws {}
}

enum BackendKind: String, CaseIterable {
  case memory, redis

  func with<Result>(_ body: (any QueueBackend) async throws -> Result) async throws -> Result {
    switch self {
    case .memory: return try await body(MemoryBackend())
    case .redis:
      return try await RedisBackend.with { _, backend in try await body(backend) }
    }
  }
}

/// Its backlog is set when it is made.
final class MemoryBackend: QueueBackend {
  let lifetime: Duration = .seconds(60)
  private let queue: MemoryQueue

  init(backlog: Int = 5) {
    queue = MemoryQueue(backlog: backlog, lifetime: .seconds(60))
  }

  func admissions(backlog: Int) async throws -> any AdmissionQueue {
    queue.admissions(on: MultiThreadedEventLoopGroup.singleton.any())
  }
  func worker(_ name: String) async throws -> any DeliveryQueue { queue.deliveries(worker: name) }
  func replies(inbox: String) async throws -> any ReplyQueue { queue.replies(inbox: inbox) }
  var definitions: any DefinitionStore { queue }
  var inspection: any QueueInspection { queue }
  func silence(_ worker: String) async throws { try await queue.deliveries(worker: worker).leave() }
}

final class RedisBackend: QueueBackend {
  let lifetime = RedisDeliveryQueue.lifetime
  let keys = QueueKeys(partition: 0)
  private let url: RedisURL
  private let loop = MultiThreadedEventLoopGroup.singleton.next()
  private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  private let open = Connections()

  static func with<Result>(
    _ body: (RedisServer, RedisBackend) async throws -> Result
  ) async throws -> Result {
    let server = try await RedisServer.start()
    defer { server.stop() }
    let backend = try await RedisBackend(server: server)
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(server, backend)) } catch { result = .failure(error) }
    await backend.close()
    return try result.get()
  }

  init(server: RedisServer) async throws {
    url = try RedisURL(server.url)
  }

  actor Connections {
    private(set) var list: [RedisConnection] = []
    var control: RedisConnection?
    func use(control connection: RedisConnection) { control = connection }
    func add(_ connection: RedisConnection) { list.append(connection) }
  }

  func connect() async throws -> RedisConnection {
    let scripts = RedisAdmissionQueue.scripts + RedisDeliveryQueue.scripts + RedisDefinitionStore.scripts
    let connection = RedisConnection(url: url, eventLoop: loop, name: "test", scripts: scripts, logger: logger)
    connection.start()
    await open.add(connection)
    try await connection.whenReady(timeout: .seconds(10))
    return connection
  }

  func close() async {
    for connection in await open.list { try? await connection.close().get() }
  }

  func admissions(backlog: Int) async throws -> any AdmissionQueue {
    let connection = try await connect()
    return try await loop.submit { [keys] in
      RedisAdmissionQueue(connection: connection, keys: keys, backlog: backlog)
    }.get()
  }

  func worker(_ name: String) async throws -> any DeliveryQueue {
    let (commands, reader) = (try await connect(), try await connect())
    return try await loop.submit { [keys, logger] in
      RedisDeliveryQueue(
        commands: commands, readers: [.urgent: reader, .regular: reader], housekeeping: commands, keys: keys,
        worker: name, logger: logger)
    }.get()
  }

  func replies(inbox: String) async throws -> any ReplyQueue {
    RedisReplyQueue(reader: try await connect(), commands: try await connect(), inbox: inbox)
  }

  var definitions: any DefinitionStore { get async throws { RedisDefinitionStore(connection: try await connect()) } }
  var inspection: any QueueInspection {
    get async throws { RedisInspection(connection: try await connect(), keys: keys) }
  }

  /// One connection for all that the tests do behind the queue's back.
  private func control() async throws -> RedisConnection {
    if let connection = await open.control { return connection }
    let connection = try await connect()
    await open.use(control: connection)
    return connection
  }

  func silence(_ worker: String) async throws {
    _ = try await control().run(RedisCommand("ZADD", keys.workers, "1", worker))
    try await beSteady()
  }

  func beSteady() async throws {
    _ = try await control().run(RedisCommand("SET", keys.steady, "1", "PX", "600000"))
  }

  func record(_ id: ExecutionID) async throws -> ExecutionRecord? {
    try await RedisInspection(connection: try await control(), keys: keys).record(of: id, detail: .everything)
  }
}
