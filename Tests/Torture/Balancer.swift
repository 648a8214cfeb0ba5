// A small TCP load balancer in front of the ingests.
//
// What it does: a client's connection is led to the next ingest in turn that accepts one, and stays there. When that
// ingest closes between two webhooks, the client notices nothing: its next webhook goes to another one. When an ingest
// is taken out, new connections and quiet ones go elsewhere, and only when nothing leads to it any more (or time is up)
// is it asked to stop, as deployments do it.
//
// What it does not do: it reads no HTTP and sends no byte twice. A webhook whose ingest ends before it has answered is
// lost, and its sender sees a connection that broke; an answer of 503 is passed on like any other.

import NIOCore
import NIOPosix
import Synchronization

final class Balancer: Sendable {
  private struct State {
    var targets: [Int] = []
    var leaving: Set<Int> = []
    var next = 0
    var sessions: [ObjectIdentifier: (channel: any Channel, session: BalancedSession)] = [:]
  }

  /// A connection that has been answered and was quiet for so long has no webhook under way.
  static let quiet = TimeAmount.milliseconds(30)

  private let listener: any Channel
  private let state: Mutex<State>

  var port: Int { listener.localAddress?.port ?? 0 }

  static func start(on loop: any EventLoop) async throws -> Balancer {
    let made = Mutex<Balancer?>(nil)
    let listener = try await ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 4096)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { client in
        guard let balancer = made.withLock({ $0 }) else { return client.close() }
        return client.eventLoop.makeCompletedFuture {
          try client.pipeline.syncOperations.addHandler(BalancedConnection(session: balancer.session(of: client)))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let balancer = Balancer(listener: listener)
    made.withLock { $0 = balancer }
    return balancer
  }

  private init(listener: any Channel) {
    self.listener = listener
    state = Mutex(State())
  }

  func stop() { listener.close(promise: nil) }

  func add(_ port: Int) { state.withLock { $0.targets.append(port) } }

  /// New connections and quiet ones go elsewhere from now on. Returns when nothing leads there, or time is up: later
  /// than a synchronous caller waits.
  func takeOut(_ port: Int, within limit: Duration = .seconds(8)) async throws {
    state.withLock { _ = $0.leaving.insert(port) }
    // Whoever has chosen it on the loop by now is known as one that leads there.
    try await listener.eventLoop.submit {}.get()
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      let sessions = state.withLock { Array($0.sessions.values) }
      for (channel, session) in sessions where session.target == port {
        channel.pipeline.fireUserInboundEventTriggered(BalancedConnection.LeaveWhenQuiet())
      }
      if !sessions.contains(where: { $0.session.target == port }) { return }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func takeBack(_ port: Int) { state.withLock { _ = $0.leaving.remove(port) } }

  /// The ports to try, in order: the next in turn first, those that are leaving last.
  fileprivate func candidates() -> [Int] {
    state.withLock { state in
      guard !state.targets.isEmpty else { return [] }
      state.next = (state.next + 1) % state.targets.count
      let turned = state.targets[state.next...] + state.targets[..<state.next]
      return turned.filter { !state.leaving.contains($0) } + turned.filter(state.leaving.contains)
    }
  }

  private func session(of client: any Channel) -> BalancedSession {
    let session = BalancedSession(balancer: self)
    state.withLock { $0.sessions[ObjectIdentifier(client)] = (client, session) }
    client.closeFuture.whenComplete { _ in
      self.state.withLock { $0.sessions[ObjectIdentifier(client)] = nil }
    }
    return session
  }
}

/// Where one client's connection leads now.
private final class BalancedSession: Sendable {
  private let balancer: Balancer
  private let current = Mutex<Int?>(nil)

  var target: Int? { current.withLock { $0 } }

  init(balancer: Balancer) {
    self.balancer = balancer
  }

  func leads(to target: Int?) { current.withLock { $0 = target } }

  func connect(on loop: any EventLoop, client: any Channel) -> EventLoopFuture<any Channel> {
    connect(balancer.candidates()[...], on: loop, client: client)
  }

  private func connect(
    _ ports: ArraySlice<Int>, on loop: any EventLoop, client: any Channel
  ) -> EventLoopFuture<any Channel> {
    guard let port = ports.first else { return loop.makeFailedFuture(ChannelError.connectPending) }
    leads(to: port)
    return ClientBootstrap(group: loop)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(BalancedAnswers(client: client))
        }
      }
      .connect(host: "127.0.0.1", port: port)
      .flatMapError { _ in self.connect(ports.dropFirst(), on: loop, client: client) }
  }
}

/// The client's side of a connection. It gets a target when the first bytes come, and another one when that has gone
/// between two webhooks.
private final class BalancedConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  struct LeaveWhenQuiet: Sendable {}
  struct Answered: Sendable {}
  struct TargetClosed: Sendable { let channel: ObjectIdentifier }

  private let session: BalancedSession
  private var target: (any Channel)?
  private var isConnecting = false
  private var waiting = ByteBuffer()
  /// Bytes went to the target and none came back yet.
  private var isAwaited = false
  private var lastBytes = NIODeadline.now()

  init(session: BalancedSession) {
    self.session = session
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    (isAwaited, lastBytes) = (true, .now())
    if let target { return target.writeAndFlush(bytes, promise: nil) }
    waiting.writeBuffer(&bytes)
    if !isConnecting { connect(context: context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is Answered: (isAwaited, lastBytes) = (false, .now())
    case let closed as TargetClosed:
      guard let target, ObjectIdentifier(target) == closed.channel else { return }
      // Whether a webhook under way has been taken, nobody knows: its sender has to see that.
      if isAwaited { context.close(promise: nil) } else { leave() }
    case is LeaveWhenQuiet:
      if !isAwaited, !isConnecting, NIODeadline.now() - lastBytes > Balancer.quiet { leave() }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func leave() {
    target?.close(promise: nil)
    target = nil
    session.leads(to: nil)
  }

  private func connect(context: ChannelHandlerContext) {
    isConnecting = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    session.connect(on: context.eventLoop, client: context.channel).whenComplete { result in
      let (connection, context) = bound.value
      connection.isConnecting = false
      guard case .success(let channel) = result, context.channel.isActive else {
        if case .success(let channel) = result { channel.close(promise: nil) }
        return context.close(promise: nil)
      }
      connection.target = channel
      channel.writeAndFlush(connection.waiting, promise: nil)
      connection.waiting.clear()
    }
  }
}

/// The ingest's side of a connection.
private final class BalancedAnswers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let client: any Channel

  init(client: any Channel) {
    self.client = client
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    client.pipeline.fireUserInboundEventTriggered(BalancedConnection.Answered())
    client.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    client.pipeline.fireUserInboundEventTriggered(
      BalancedConnection.TargetClosed(channel: ObjectIdentifier(context.channel)))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
