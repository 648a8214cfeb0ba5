// A TCP proxy between two programs that can keep answers to itself, and cut all connections.

import NIOCore
import NIOPosix
import Synchronization

package final class TCPProxy: Sendable {
  private let target: Int
  private let listener: any Channel
  private let state = Mutex((holdsAnswers: false, channels: [ObjectIdentifier: any Channel]()))

  package var port: Int { listener.localAddress?.port ?? 0 }

  /// Listens on a free port of 127.0.0.1 and connects to `target` there.
  package static func start(to target: Int) async throws -> TCPProxy {
    let proxy = Mutex<TCPProxy?>(nil)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        guard let proxy = proxy.withLock({ $0 }) else { return client.close() }
        return proxy.connect(client)
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let made = TCPProxy(target: target, listener: listener)
    proxy.withLock { $0 = made }
    return made
  }

  private init(target: Int, listener: any Channel) {
    self.target = target
    self.listener = listener
  }

  /// From now on what the target answers does not arrive.
  package func holdAnswers(_ holds: Bool) { state.withLock { $0.holdsAnswers = holds } }

  package func cut() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
  }

  package func stop() {
    listener.close(promise: nil)
    cut()
  }

  private func connect(_ client: any Channel) -> EventLoopFuture<Void> {
    ClientBootstrap(group: client.eventLoop)
      .channelInitializer { server in
        server.eventLoop.makeCompletedFuture {
          let relay = Relay(to: client) { [self] in state.withLock { $0.holdsAnswers } }
          try server.pipeline.syncOperations.addHandler(relay)
        }
      }
      .connect(host: "127.0.0.1", port: target)
      .flatMap { server in
        self.state.withLock {
          $0.channels[ObjectIdentifier(client)] = client
          $0.channels[ObjectIdentifier(server)] = server
        }
        return client.eventLoop.makeCompletedFuture {
          try client.pipeline.syncOperations.addHandler(Relay(to: server) { false })
        }
        .flatMap { client.setOption(.autoRead, value: true) }
      }
  }

  /// Gives on what it reads, unless it is told to drop it.
  private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let drops: @Sendable () -> Bool

    init(to other: any Channel, drops: @escaping @Sendable () -> Bool) {
      self.other = other
      self.drops = drops
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if !drops() { other.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      other.close(promise: nil)
      context.fireChannelInactive()
    }
  }
}
