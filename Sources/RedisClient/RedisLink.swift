// Keeps one link to one server alive for as long as the process wants it: connects, greets, and starts over.

import Logging
import NIOCore

/// What all links of a connection have in common.
struct LinkSettings {
  let eventLoop: any EventLoop
  let name: String
  let scripts: [RedisScript]
  let limits: PendingCommands.Limits
  let logger: Logger
}

/// Lives on its connection's event loop. Every function must be called there.
final class RedisLink {
  private let place: RedisPlace
  /// Asked anew before every connect; nil when the server is given.
  private let resolver: SentinelResolver?
  private let settings: LinkSettings
  private let handshake: Handshake
  /// Whether to leave a server that is a replica, so that the name or the sentinels lead to the primary. The nodes of a
  /// cluster say by themselves where else to go.
  private let wantsPrimary: Bool
  /// Called after every change of the snapshot, until the link is closed.
  var changed: () -> Void = {}

  private var state = ConnectionState()
  /// The server that is meant now; nil while the sentinels have not named one.
  private(set) var server: RedisAddress?
  private var handler: RedisChannelHandler?
  private var channel: (any Channel)?
  private var session = RedisSession()
  private var retry: Scheduled<Void>?
  private var nextInquiry: Scheduled<Void>?
  /// When the attempt, or the ready connection, began.
  private var began = NIODeadline.uptimeNanoseconds(0)
  /// Why a command cannot be sent now; made once, because a flood of webhooks may ask.
  private(set) var refusal: RedisError

  private static let connectTimeout = TimeAmount.seconds(2)

  /// To the server, or the primary, of the place.
  convenience init(to place: RedisPlace, _ settings: LinkSettings) {
    switch place.shape {
    case .server(let address): self.init(to: address, nil, of: place, settings)
    case .sentinels(let sentinels, let primary):
      let resolver = SentinelResolver(sentinels, primary: primary, place: place, eventLoop: settings.eventLoop)
      self.init(to: nil, resolver, of: place, settings)
    case .cluster(let seeds): self.init(to: seeds[0], nil, of: place, settings)
    }
  }

  /// To one server of the place.
  convenience init(to server: RedisAddress, of place: RedisPlace, _ settings: LinkSettings) {
    self.init(to: server, nil, of: place, settings)
  }

  private init(
    to server: RedisAddress?, _ resolver: SentinelResolver?, of place: RedisPlace, _ settings: LinkSettings
  ) {
    self.server = server
    self.resolver = resolver
    self.place = place
    self.settings = settings
    if case .cluster = place.shape { wantsPrimary = false } else { wantsPrimary = true }
    handshake = Handshake(
      login: place.login, database: place.database, name: settings.name, scripts: settings.scripts,
      provesPrimary: wantsPrimary)
    refusal = RedisError(
      kind: .disconnected,
      message: "the connection to Redis at \(server?.description ?? place.address) was not started")
  }

  /// Of the server, or of the sentinels while they have not named one.
  var address: String { server?.description ?? place.address }

  var snapshot: ConnectionStatus.Snapshot {
    ConnectionStatus.Snapshot(
      phase: state.phase, problem: state.problem, clientID: state.phase == .ready ? session.clientID : nil)
  }

  /// Empty for a unix socket.
  var host: String { server?.host ?? "" }

  var isReady: Bool { state.phase == .ready }

  // MARK: Commands

  func send(
    _ command: RedisCommand, timeout: TimeAmount, replicas: ReplicaWait? = nil, reply: EventLoopPromise<RedisValue>
  ) {
    guard state.phase == .ready, let handler else { return reply.fail(refusal) }
    handler.send(command, timeout: timeout, replicas: replicas, reply: reply)
  }

  func send(
    _ call: ScriptCall, timeout: TimeAmount, replicas: ReplicaWait? = nil, reply: EventLoopPromise<RedisValue>
  ) {
    guard state.phase == .ready, let handler else { return reply.fail(refusal) }
    var call = call
    let command = call.command(digest: session.digests[call.script.name])
    handler.send(command, call: call, timeout: timeout, replicas: replicas, reply: reply)
  }

  func flush() {
    handler?.flush()
  }

  // MARK: Connecting

  func connect() {
    guard state.connect() else { return }
    began = settings.eventLoop.now
    if state.problem == nil { refuse("the connection to Redis at \(address) is not ready yet") }
    changed()
    guard let resolver else { return server.map(open) ?? () }
    resolver.locate().assumeIsolated().whenComplete { result in
      guard self.state.phase == .connecting else { return }
      switch result {
      case .success(let address): self.open(address)
      case .failure(let error): self.lost(ConnectFailure.text(of: error))
      }
    }
  }

  private func open(_ address: RedisAddress) {
    server = address
    ServerChannel.open(to: address, tls: place.tls, timeout: Self.connectTimeout, on: settings.eventLoop)
      .assumeIsolated().whenComplete { result in
        if let problem = self.place.tls?.takeProblem() {
          self.settings.logger.error("renewed TLS files for Redis cannot be used", metadata: ["problem": "\(problem)"])
        }
        switch result {
        case .success(let channel): self.opened(channel)
        case .failure(let error): self.notConnected(error)
        }
      }
  }

  private func opened(_ channel: any Channel) {
    guard state.connected() else { return channel.close(promise: nil) }
    let handler = RedisChannelHandler(
      address: "Redis at \(address)", limits: settings.limits, endsAtReplica: wantsPrimary
    ) { cause in
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
      let promise = settings.eventLoop.makePromise(of: RedisValue.self)
      handler.send(command, timeout: Self.connectTimeout, reply: promise)
      return promise.futureResult
    }
    EventLoopFuture.whenAllComplete(replies, on: settings.eventLoop).assumeIsolated().whenSuccess { results in
      guard self.handler === handler else { return }
      do throws(RedisError) {
        self.session = try self.handshake.session(from: results)
        self.ready()
      } catch {
        let message = "Redis at \(self.address) is not ready: \(error.message)"
        handler.finish(with: error.kind == .disconnected ? error : RedisError(kind: error.kind, message: message))
      }
    }
  }

  private func ready() {
    switch state.greeted() {
    case .ignored: return
    case .first: settings.logger.debug("connected to Redis", metadata: metadata)
    case .back where OutageLog.shared.tells(ofReturnTo: "\(place)", at: settings.eventLoop.now):
      settings.logger.info("connected to Redis again", metadata: metadata)
    case .back: break
    }
    began = settings.eventLoop.now
    inquireLater()
    changed()
  }

  /// After a failover the server here may not know for seconds that it is no longer the primary, and what it confirms
  /// until then is lost. The sentinels know.
  private func inquireLater() {
    guard let resolver, let handler, let server else { return }
    let pause = TimeAmount.milliseconds(.random(in: 900...1_100))
    nextInquiry = settings.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      resolver.successor(of: server).assumeIsolated().whenComplete { result in
        guard self.handler === handler, self.isReady else { return }
        guard case .success(let successor?) = result else { return self.inquireLater() }
        let message = "Redis at \(server) is no longer the primary: a sentinel names \(successor)"
        handler.finish(with: RedisError(kind: .readOnly, message: message))
      }
    }
  }

  private func lost(_ problem: String) {
    handler = nil
    channel = nil
    nextInquiry?.cancel()
    let time = settings.eventLoop.now - began
    guard let pause = state.lost(problem, jitter: .random(in: 0...1), after: time) else { return }
    refuse(problem)
    if OutageLog.shared.warns(of: "\(place)", at: settings.eventLoop.now) {
      settings.logger.warning("\(problem); trying again until it works", metadata: metadata)
    }
    self.retry = settings.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.connect() }
    changed()
  }

  private func notConnected(_ error: any Error) {
    lost("cannot connect to Redis at \(address): \(ConnectFailure.text(of: error))")
  }

  private func refuse(_ problem: String) {
    refusal = RedisError(kind: .disconnected, message: problem)
  }

  private var metadata: Logger.Metadata { ["redis": "\(place)"] }

  func close() -> EventLoopFuture<Void> {
    let closing = channel?.closeFuture
    state.close()
    retry?.cancel()
    nextInquiry?.cancel()
    refusal = RedisError(kind: .closed, message: "the connection to Redis at \(address) was closed by this program")
    handler?.finish(with: refusal)
    changed()
    changed = {}
    return closing ?? settings.eventLoop.makeSucceededVoidFuture()
  }
}
