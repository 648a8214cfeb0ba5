// The worker's small HTTP server for health and metrics. It has a thread of its own, so it still answers when the work
// keeps everything else busy.

package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

package final class StatusServer: Service {
  private let listen: ListenAddress
  private let endpoints: StatusEndpoints
  private let logger: Logger
  private let whenListening: @Sendable (ListenAddress) -> Void

  /// `whenListening` is called once with the real port, which a setting of port 0 leaves open.
  package init(
    listen: ListenAddress, health: Health, metrics: MetricsRegistry, logger: Logger,
    whenListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
  ) {
    self.listen = listen
    endpoints = StatusEndpoints(health: health, metrics: metrics)
    self.logger = logger
    self.whenListening = whenListening
  }

  /// Serves until graceful shutdown or cancellation.
  /// - Throws: `ListenError`
  package func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      try await serve(on: group)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }

  private func serve(on group: MultiThreadedEventLoopGroup) async throws {
    let channel = try await bind(on: group)
    let address = ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port)
    logger.info("health and metrics are served", metadata: ["address": "\(address)"])
    whenListening(address)
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await channel.closeFuture.get()
      } onGracefulShutdown: {
        channel.close(promise: nil)
      }
    } onCancel: {
      channel.close(promise: nil)
    }
  }

  private func bind(on group: MultiThreadedEventLoopGroup) async throws -> any Channel {
    let endpoints = endpoints
    let room = ConnectionRoom(limit: 64)
    let bootstrap = ServerBootstrap(group: group)
      .resting(logger)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard room.enter(until: channel.closeFuture) else { throw ChannelError.alreadyClosed }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: true)
          try pipeline.addHandler(StatusHandler(endpoints: endpoints))
        }
      }
    do {
      return try await bootstrap.bind(host: listen.host, port: listen.port).get()
    } catch {
      throw ListenError(address: listen, variable: Settings.prefix + "METRICS_LISTEN", cause: error)
    }
  }
}
