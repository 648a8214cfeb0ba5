// The other side of outgoing requests in tests: a real HTTP/1.1 server that keeps every request it gets and answers
// what the test says.

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

package final class HTTPTarget: Sendable {
  package typealias Handler = @Sendable (Request) async -> Response

  package let host: String
  package let port: Int
  private let listener: any Channel
  private let record: RequestRecord

  /// Starts a server; a port of 0 is any free one.
  package static func start(
    host: String = "127.0.0.1", port: Int = 0, _ handler: @escaping Handler
  ) async throws -> HTTPTarget {
    let record = RequestRecord()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = record.opened(channel)
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(
            HTTPTargetHandler(connection: connection, record: record, answer: handler))
        }
      }
      .bind(host: host, port: port).get()
    return HTTPTarget(host: host, listener: listener, record: record)
  }

  /// Starts a server that always answers the same.
  package static func start(
    host: String = "127.0.0.1", port: Int = 0, answering response: Response = .ok
  ) async throws -> HTTPTarget {
    try await start(host: host, port: port) { _ in response }
  }

  private init(host: String, listener: any Channel, record: RequestRecord) {
    self.host = host
    self.listener = listener
    self.record = record
    port = listener.localAddress?.port ?? 0
  }

  deinit { listener.close(promise: nil) }

  /// All requests so far, in the order of their arrival.
  package var requests: [Request] { record.requests }

  package var count: Int { record.count }

  /// How many connections were ever opened.
  package var connectionCount: Int { record.connectionCount }

  /// How many connections are open now.
  package var openConnectionCount: Int { record.openChannels().count }

  /// Waits until there have been `count` requests; all requests so far.
  @discardableResult
  package func waitFor(count: Int, timeout: Duration = .seconds(10)) async throws -> [Request] {
    try await record.wait(count: count, timeout: timeout)
  }

  package func url(_ path: String = "/") -> String { "http://\(host):\(port)\(path)" }

  /// Stops listening and closes every connection.
  package func stop() async {
    try? await listener.close().get()
    for channel in record.openChannels() { try? await channel.close().get() }
  }
}
