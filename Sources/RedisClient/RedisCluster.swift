// The links to a cluster: one to each primary, each command to the node that has its key, and the map of slots renewed
// whenever a node says that it is old or goes away. (https://redis.io/docs/reference/cluster-spec)

import Logging
import NIOCore

/// Lives on its connection's event loop. Commands for one node keep their order unless they are sent elsewhere.
final class RedisCluster {
  private let place: RedisPlace
  private let seeds: [RedisAddress]
  private let settings: LinkSettings
  /// Called after every change of the snapshot, until the links are closed.
  var changed: () -> Void = {}

  private var map = SlotMap()
  private var links: [RedisAddress: RedisLink] = [:]
  private var isStarted = false
  private var isClosed = false
  private var isLooking = false
  private var nextLook: Scheduled<Void>?
  private var lastLook = NIODeadline.uptimeNanoseconds(0)
  /// Whether a node has said so.
  private var isMapOld = false
  /// In a row, with not all links ready afterwards.
  private var looksInVain = 0
  /// Why there is no map yet.
  private var problem: String?

  private static let shortPause = TimeAmount.milliseconds(100)
  private static let longestPause = TimeAmount.seconds(1)
  /// A node that owns nothing any more keeps its link for so long, for the answers that are still on their way.
  private static let farewell = TimeAmount.seconds(10)

  init(_ seeds: [RedisAddress], of place: RedisPlace, _ settings: LinkSettings) {
    self.seeds = seeds
    self.place = place
    self.settings = settings
  }

  /// To all primaries, that of the first slot first.
  var primaries: [RedisLink] { map.primaries.compactMap { links[$0] } }

  /// To the primary that has the key, as far as it is known.
  func owner(of key: String) -> RedisLink? { map.owner(of: HashSlot.of(key)).flatMap { links[$0] } }

  var snapshot: ConnectionStatus.Snapshot {
    if isClosed { return .init(phase: .closed) }
    guard map.primaries.isEmpty else {
      var snapshot = ConnectionStatus.Snapshot.of(primaries.map(\.snapshot))
      snapshot.parts = .cluster(map, links.mapValues(\.snapshot))
      return snapshot
    }
    return .init(phase: !isStarted ? .idle : problem == nil ? .connecting : .away, problem: problem)
  }

  var refusal: RedisError {
    if isClosed {
      let message = "the connection to the cluster \(place.address) was closed by this program"
      return RedisError(kind: .closed, message: message)
    }
    if let link = primaries.first(where: { !$0.isReady }) { return link.refusal }
    let state = isStarted ? "not ready yet" : "not started"
    return RedisError(
      kind: .disconnected, message: problem ?? "the connection to the cluster \(place.address) is \(state)")
  }

  // MARK: Commands

  func send(_ request: ClusterRequest) {
    guard !map.primaries.isEmpty, !isClosed else { return request.reply.fail(refusal) }
    guard let slot = request.slot else {
      guard let link = primaries.first else { return request.reply.fail(refusal) }
      return attempt(request, over: link)
    }
    guard let owner = map.owner(of: slot) else {
      lookSoon()
      return later(request, RedisError(reply: "CLUSTERDOWN no node of \(place.address) serves slot \(slot)"))
    }
    attempt(request, over: link(to: owner))
  }

  func flush() {
    for link in links.values { link.flush() }
  }

  private func attempt(_ request: ClusterRequest, over link: RedisLink, asking: Bool = false) {
    // Nothing is queued for a node that is away, but what a node has sent elsewhere may wait for the new link there.
    guard link.isReady || request.detours == 0 else { return later(request, link.refusal) }
    let answer = settings.eventLoop.makePromise(of: RedisValue.self)
    answer.futureResult.assumeIsolated().whenComplete { result in
      switch result {
      case .success(let value): request.reply.succeed(value)
      case .failure(let error as RedisError): self.judge(error, of: request, from: link)
      case .failure(let error): request.reply.fail(error)
      }
    }
    request.send(over: link, asking: asking, reply: answer)
  }

  private func judge(_ error: RedisError, of request: ClusterRequest, from link: RedisLink) {
    switch ClusterVerdict(error, from: link.host) {
    case .final: request.reply.fail(error)
    case .again:
      lookSoon()
      later(request, error)
    case .moved(let slot, let address):
      map.set(slot, owner: address)
      changed()
      lookSoon()
      elsewhere(request, error, to: address, asking: false)
    case .ask(let address): elsewhere(request, error, to: address, asking: true)
    }
  }

  /// At once, if the way there is open, but not for ever: nodes that disagree may send it to and fro.
  private func elsewhere(_ request: ClusterRequest, _ error: RedisError, to address: RedisAddress, asking: Bool) {
    let link = link(to: address)
    guard request.detours < 5, link.isReady else { return later(request, error) }
    var request = request
    request.detours += 1
    attempt(request, over: link, asking: asking)
  }

  /// From the start, after a pause.
  private func later(_ request: ClusterRequest, _ error: RedisError) {
    var request = request
    request.detours += 1
    let pause = TimeAmount.milliseconds(.random(in: 20...40) * Int64(min(request.detours, 5)))
    guard !isClosed, settings.eventLoop.now + pause < request.deadline else { return request.reply.fail(error) }
    _ = settings.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.send(request) }
  }

  // MARK: The map

  func connect() {
    guard !isStarted, !isClosed else { return }
    isStarted = true
    look()
    changed()
  }

  private func look() {
    isLooking = true
    isMapOld = false
    lastLook = settings.eventLoop.now
    let known = primaries.filter(\.isReady).compactMap(\.server).shuffled()
    ask((known + (map.primaries + seeds).shuffled().filter { !known.contains($0) })[...])
  }

  private func ask(_ nodes: ArraySlice<RedisAddress>, _ problem: String = "there are none") {
    guard !isClosed else { return }
    guard let node = nodes.first else { return found(nil, problem) }
    RedisInquiry.ask(
      node, RedisCommand("CLUSTER", "SLOTS"), login: place.login, tls: place.tls, on: settings.eventLoop
    )
    .assumeIsolated().whenComplete { result in
      switch result {
      case .success(let answer):
        if let map = SlotMap(answer, from: node.host ?? ""), !map.primaries.isEmpty { return self.found(map) }
        self.ask(nodes.dropFirst(), "\(node) knows of no slots")
      case .failure(let error): self.ask(nodes.dropFirst(), "\(node): \(ConnectFailure.text(of: error))")
      }
    }
  }

  private func found(_ new: SlotMap?, _ problem: String? = nil) {
    isLooking = false
    if let new {
      map = new
      for primary in new.primaries { _ = link(to: primary) }
      dismissOthers()
    }
    let message = problem.map { "none of the nodes of the cluster \(place.address) tells its slots (\($0))" }
    if let message, self.problem == nil { settings.logger.warning("\(message); trying again until it works") }
    self.problem = message
    looksInVain += 1
    if isMapOld { lookSoon() } else { lookWhileAway() }
    changed()
  }

  /// A node has said that the map is old. The answer to its many commands on their way is one look.
  private func lookSoon() {
    isMapOld = true
    plan(in: max(.zero, lastLook + Self.shortPause - settings.eventLoop.now))
  }

  /// As long as a primary is away its successor may be found at any moment.
  private func lookWhileAway() {
    guard snapshot.phase != .ready else { return looksInVain = 0 }
    let ceiling = min(Self.longestPause.nanoseconds, Self.shortPause.nanoseconds << Int64(min(looksInVain, 10)))
    plan(in: .nanoseconds(Int64(Double(ceiling) * .random(in: 0.5...1))))
  }

  private func plan(in pause: TimeAmount) {
    guard nextLook == nil, !isLooking, !isClosed, isStarted else { return }
    nextLook = settings.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      self.nextLook = nil
      if self.isMapOld || self.snapshot.phase != .ready { self.look() }
    }
  }

  private func link(to address: RedisAddress) -> RedisLink {
    if let link = links[address] { return link }
    let link = RedisLink(to: address, of: place, settings)
    link.changed = {
      self.lookWhileAway()
      self.changed()
    }
    links[address] = link
    link.connect()
    return link
  }

  private func dismissOthers() {
    for address in links.keys where !map.primaries.contains(address) {
      _ = settings.eventLoop.assumeIsolated().scheduleTask(in: Self.farewell) {
        guard !self.map.primaries.contains(address) else { return }
        _ = self.links.removeValue(forKey: address)?.close()
      }
    }
  }

  func close() -> EventLoopFuture<Void> {
    isClosed = true
    nextLook?.cancel()
    let closing = links.values.map { $0.close() }
    changed()
    changed = {}
    return EventLoopFuture.andAllComplete(closing, on: settings.eventLoop)
  }
}
