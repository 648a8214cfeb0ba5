// A TCP proxy between two programs that can do to their connections what networks do: delay, hold, cut.

import NIOCore
import NIOPosix
import Synchronization

package final class TCPProxy: Sendable {
  /// What happens to the bytes of all connections.
  package struct Disturbance: Sendable {
    /// What the target answers does not arrive.
    package var dropsAnswers = false
    /// Nothing is read any more, in either direction; what was sent meanwhile arrives afterwards.
    package var isBlackHole = false
    /// The end of one side is not told to the other.
    package var hidesEnds = false
    /// Each way.
    package var latency = Duration.zero
    /// After so many bytes of answers all connections are cut, in the midst of an answer if it comes so.
    package var bytesBeforeCut: Int?

    package init() {}
  }

  private struct State {
    var disturbance = Disturbance()
    var channels: [ObjectIdentifier: any Channel] = [:]
    var greeting = ""
  }

  private let target: Int
  private let listener: any Channel
  private let state = Mutex(State())

  package var port: Int { listener.localAddress?.port ?? 0 }
  /// What the client of the latest connection said first.
  package var greeting: String { state.withLock { $0.greeting } }

  /// Listens on a free port of 127.0.0.1 and connects to `target` there.
  package static func start(to target: Int) async throws -> TCPProxy {
    let proxy = Mutex<TCPProxy?>(nil)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
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
  package func holdAnswers(_ holds: Bool) {
    var disturbance = Disturbance()
    disturbance.dropsAnswers = holds
    disturb(disturbance)
  }

  /// From now on; an empty one heals. Connections whose end was hidden are closed then.
  package func disturb(_ disturbance: Disturbance) {
    let channels = state.withLock { state in
      state.disturbance = disturbance
      return Array(state.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(TCPRelay.DisturbanceChanged()) }
  }

  package func cut() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
  }

  package func stop() {
    listener.close(promise: nil)
    cut()
  }

  var disturbance: Disturbance { state.withLock { $0.disturbance } }

  func note(greeting: String) { state.withLock { $0.greeting = greeting } }

  /// Counts bytes of an answer; when the cut comes within them: how many still go before it.
  func bytesBeforeCut(of count: Int) -> Int? {
    state.withLock { state in
      guard let left = state.disturbance.bytesBeforeCut else { return nil }
      state.disturbance.bytesBeforeCut = left > count ? left - count : nil
      return left > count ? nil : left
    }
  }

  private func connect(_ client: any Channel) -> EventLoopFuture<Void> {
    ClientBootstrap(group: client.eventLoop)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { server in
        server.eventLoop.makeCompletedFuture {
          try server.pipeline.syncOperations.addHandler(TCPRelay(from: .target, to: client, proxy: self))
        }
      }
      .connect(host: "127.0.0.1", port: target)
      .flatMap { server in
        self.keep(client)
        self.keep(server)
        return client.eventLoop.makeCompletedFuture {
          try client.pipeline.syncOperations.addHandler(TCPRelay(from: .client, to: server, proxy: self))
        }
        .flatMap { client.setOption(.autoRead, value: true) }
      }
  }

  private func keep(_ channel: any Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
    }
  }
}
