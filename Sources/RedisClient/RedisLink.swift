// Keeps one connection to Redis alive for as long as the process wants it: connects, greets, and starts over.

import Logging
import NIOCore
import NIOPosix

/// The part of a connection that lives on its event loop. Every function must be called there.
final class RedisLink {
  private let url: RedisURL
  private let eventLoop: any EventLoop
  private let handshake: Handshake
  private let limits: PendingCommands.Limits
  private let logger: Logger
  private let status: ConnectionStatus

  private var state = ConnectionState()
  private var handler: RedisChannelHandler?
  private var channel: (any Channel)?
  private var session = RedisSession()
  private var retry: Scheduled<Void>?
  /// Why a command cannot be sent now; made once, because a flood of webhooks may ask.
  private var refusal: RedisError
  private var waiting: [Int: EventLoopPromise<Void>] = [:]
  private var nextWaiter = 0

  private static let connectTimeout = TimeAmount.seconds(2)

  init(
    url: RedisURL, eventLoop: any EventLoop, name: String, scripts: [RedisScript], limits: PendingCommands.Limits,
    logger: Logger, status: ConnectionStatus
  ) {
    self.url = url
    self.eventLoop = eventLoop
    self.limits = limits
    self.logger = logger
    self.status = status
    handshake = Handshake(url: url, name: name, scripts: scripts)
    refusal = RedisError(kind: .disconnected, message: "the connection to Redis at \(url.address) was not started")
  }

  // MARK: Commands

  func send(_ command: RedisCommand, timeout: TimeAmount, reply: EventLoopPromise<RedisValue>) {
    guard state.phase == .ready, let handler else { return reply.fail(refusal) }
    handler.send(command, timeout: timeout, reply: reply)
  }

  func send(_ call: ScriptCall, timeout: TimeAmount, reply: EventLoopPromise<RedisValue>) {
    guard state.phase == .ready, let handler else { return reply.fail(refusal) }
    var call = call
    let command = call.command(digest: session.digests[call.script.name])
    handler.send(command, call: call, timeout: timeout, reply: reply)
  }

  func flush() {
    handler?.flush()
  }

  // MARK: Connecting

  func connect() {
    guard state.connect() else { return }
    if state.problem == nil { refuse("the connection to Redis at \(url.address) is not ready yet") }
    publish()
    open().hop(to: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let channel): self.opened(channel)
      case .failure(let error): self.notConnected(error)
      }
    }
  }

  private func open() -> EventLoopFuture<any Channel> {
    let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(Self.connectTimeout)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16_384, maximum: 65_536))
    switch url.endpoint {
    case .tcp(let host, let port): return SocketOptions.apply(to: bootstrap).connect(host: host, port: port)
    case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
    }
  }

  private func opened(_ channel: any Channel) {
    guard state.connected() else { return channel.close(promise: nil) }
    let handler = RedisChannelHandler(address: "Redis at \(url.address)", limits: limits) { cause in
      self.lost(cause.message)
    }
    do {
      try channel.pipeline.syncOperations.addHandler(handler)
    } catch {
      channel.close(promise: nil)
      return notConnected(error)
    }
    self.channel = channel
    self.handler = handler
    greet(handler)
  }

  private func greet(_ handler: RedisChannelHandler) {
    let replies = handshake.steps.map { _, command in
      let promise = eventLoop.makePromise(of: RedisValue.self)
      handler.send(command, timeout: Self.connectTimeout, reply: promise)
      return promise.futureResult
    }
    EventLoopFuture.whenAllComplete(replies, on: eventLoop).assumeIsolated().whenSuccess { results in
      guard self.handler === handler else { return }
      do throws(RedisError) {
        self.session = try self.handshake.session(from: results)
        self.ready()
      } catch {
        let message = "Redis at \(self.url.address) is not ready: \(error.message)"
        handler.finish(with: error.kind == .disconnected ? error : RedisError(kind: error.kind, message: message))
      }
    }
  }

  private func ready() {
    switch state.greeted() {
    case .ignored: return
    case .first: logger.debug("connected to Redis", metadata: metadata)
    case .back: logger.info("connected to Redis again", metadata: metadata)
    }
    publish()
    let promises = waiting.values
    waiting = [:]
    for promise in promises { promise.succeed() }
  }

  private func lost(_ problem: String) {
    handler = nil
    channel = nil
    guard let retry = state.lost(problem, now: eventLoop.now, jitter: .random(in: 0...1)) else { return }
    refuse(problem)
    publish()
    if retry.logsWarning {
      logger.warning("\(problem); trying again until it works", metadata: metadata)
    }
    self.retry = eventLoop.assumeIsolated().scheduleTask(in: retry.delay) { self.connect() }
  }

  private func notConnected(_ error: any Error) {
    lost("cannot connect to Redis at \(url.address): \(ConnectFailure.text(of: error))")
  }

  private func refuse(_ problem: String) {
    refusal = RedisError(kind: .disconnected, message: problem)
  }

  private func publish() {
    status.set(
      phase: state.phase, problem: state.problem, clientID: state.phase == .ready ? session.clientID : nil)
  }

  private var metadata: Logger.Metadata { ["redis": "\(url)"] }

  // MARK: Waiting and closing

  /// Fulfils the promise when the connection is ready; returns a number for `giveUp`, or nil if it is decided already.
  func whenReady(_ promise: EventLoopPromise<Void>) -> Int? {
    switch state.phase {
    case .ready: promise.succeed()
    case .closed: promise.fail(refusal)
    case .idle, .connecting, .greeting, .away:
      nextWaiter += 1
      waiting[nextWaiter] = promise
      return nextWaiter
    }
    return nil
  }

  func giveUp(waiter: Int) {
    waiting.removeValue(forKey: waiter)?.fail(refusal)
  }

  func close() -> EventLoopFuture<Void> {
    let closing = channel?.closeFuture
    state.close()
    retry?.cancel()
    refusal = RedisError(kind: .closed, message: "the connection to Redis at \(url.address) was closed by this program")
    publish()
    handler?.finish(with: refusal)
    let promises = waiting.values
    waiting = [:]
    for promise in promises { promise.fail(refusal) }
    return closing ?? eventLoop.makeSucceededVoidFuture()
  }
}
