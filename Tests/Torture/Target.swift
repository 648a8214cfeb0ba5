// What the workflows call: an HTTP server on one event loop, so that calls have one order.

import NIOCore
import NIOHTTP1
import NIOPosix

struct Target: Sendable {
  let calls: CallBook
  let callbacks: CallbackBook
  private let listener: any Channel

  var port: Int { listener.localAddress?.port ?? 0 }

  static func start(
    seed: UInt64, clock: RunClock, callbacks: CallbackBook, on loop: any EventLoop
  ) async throws -> Target {
    let calls = CallBook()
    let listener = try await ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 4096)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(
            TargetHandler(seed: seed, clock: clock, calls: calls, callbacks: callbacks))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return Target(calls: calls, callbacks: callbacks, listener: listener)
  }

  func stop() { listener.close(promise: nil) }
}
