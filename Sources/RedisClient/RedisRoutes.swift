// Which link a command takes: the only one, that of its key's shard, or that of its key's node in a cluster.

import NIOCore

/// The part of a connection that lives on its event loop. Every function must be called there.
final class RedisRoutes {
  private enum Shape {
    case one(RedisLink)
    case shards([RedisLink])
    case cluster(RedisCluster)
  }

  private let eventLoop: any EventLoop
  private let status: ConnectionStatus
  private let shape: Shape
  private var waiting: [Int: EventLoopPromise<Void>] = [:]
  private var nextWaiter = 0

  init(url: RedisURL, settings: LinkSettings, status: ConnectionStatus) {
    eventLoop = settings.eventLoop
    self.status = status
    if case .cluster(let seeds) = url.places[0].shape {
      let cluster = RedisCluster(seeds, of: url.places[0], settings)
      shape = .cluster(cluster)
      cluster.changed = { self.publish() }
    } else {
      let links = url.places.map { RedisLink(to: $0, settings) }
      shape = links.count == 1 ? .one(links[0]) : .shards(links)
      for link in links { link.changed = { self.publish() } }
    }
  }

  /// To all primaries that are known.
  private var links: [RedisLink] {
    switch shape {
    case .one(let link): [link]
    case .shards(let links): links
    case .cluster(let cluster): cluster.primaries
    }
  }

  // MARK: Commands

  /// `key` says where to, in place of the command's own.
  func send(
    _ command: RedisCommand, key: String?, timeout: TimeAmount, replicas: ReplicaWait?,
    reply: EventLoopPromise<RedisValue>
  ) {
    switch shape {
    case .one(let link): link.send(command, timeout: timeout, replicas: replicas, reply: reply)
    case .shards(let links):
      shard(of: key ?? command.key, links).send(command, timeout: timeout, replicas: replicas, reply: reply)
    case .cluster(let cluster):
      cluster.send(request(.command(command), key ?? command.key, timeout, replicas, reply))
    }
  }

  func send(
    _ call: ScriptCall, timeout: TimeAmount, replicas: ReplicaWait?, reply: EventLoopPromise<RedisValue>
  ) {
    switch shape {
    case .one(let link): link.send(call, timeout: timeout, replicas: replicas, reply: reply)
    case .shards(let links):
      shard(of: call.key, links).send(call, timeout: timeout, replicas: replicas, reply: reply)
    case .cluster(let cluster): cluster.send(request(.call(call), call.key, timeout, replicas, reply))
    }
  }

  private func shard(of key: String?, _ links: [RedisLink]) -> RedisLink {
    links[key.map { HashSlot.shard(of: $0, among: links.count) } ?? 0]
  }

  private func request(
    _ content: ClusterRequest.Content, _ key: String?, _ timeout: TimeAmount, _ replicas: ReplicaWait?,
    _ reply: EventLoopPromise<RedisValue>
  ) -> ClusterRequest {
    ClusterRequest(
      content: content, slot: key.map(HashSlot.of), timeout: timeout, deadline: eventLoop.now + timeout,
      replicas: replicas, reply: reply)
  }

  func flush() {
    switch shape {
    case .one(let link): link.flush()
    case .shards(let links): for link in links { link.flush() }
    case .cluster(let cluster): cluster.flush()
    }
  }

  private func link(of key: String) -> RedisLink? {
    switch shape {
    case .one(let link): link
    case .shards(let links): shard(of: key, links)
    case .cluster(let cluster): cluster.owner(of: key)
    }
  }

  /// The same command to every primary there is.
  func sendToAll(
    _ command: RedisCommand, home key: String, timeout: TimeAmount
  ) -> EventLoopFuture<[PrimaryAnswer]> {
    let links = links
    guard !links.isEmpty else { return eventLoop.makeFailedFuture(refusal) }
    let home = link(of: key)
    let places = links.map { (address: $0.address, isHome: $0 === home) }
    let replies = links.map { link in
      let promise = eventLoop.makePromise(of: RedisValue.self)
      link.send(command, timeout: timeout, reply: promise)
      return promise.futureResult
    }
    return EventLoopFuture.whenAllComplete(replies, on: eventLoop).map { results in
      zip(places, results).map { place, result in
        PrimaryAnswer(
          address: place.address, isHome: place.isHome,
          result: result.mapError { $0 as? RedisError ?? RedisError(kind: .disconnected, message: "\($0)") })
      }
    }
  }

  // MARK: Life

  func connect() {
    switch shape {
    case .one(let link): link.connect()
    case .shards(let links): for link in links { link.connect() }
    case .cluster(let cluster): cluster.connect()
    }
  }

  private func publish() {
    let snapshot = snapshot
    status.set(snapshot)
    switch snapshot.phase {
    case .ready: release { $0.succeed() }
    case .closed: release { $0.fail(self.refusal) }
    case .idle, .connecting, .greeting, .away: break
    }
  }

  private var snapshot: ConnectionStatus.Snapshot {
    switch shape {
    case .one(let link): link.snapshot
    case .shards(let links): Self.snapshot(of: links)
    case .cluster(let cluster): cluster.snapshot
    }
  }

  private static func snapshot(of shards: [RedisLink]) -> ConnectionStatus.Snapshot {
    let snapshots = shards.map(\.snapshot)
    var snapshot = ConnectionStatus.Snapshot.of(snapshots)
    snapshot.parts = .shards(snapshots)
    return snapshot
  }

  private var refusal: RedisError {
    switch shape {
    case .one(let link): link.refusal
    case .shards(let links): (links.first { !$0.isReady } ?? links[0]).refusal
    case .cluster(let cluster): cluster.refusal
    }
  }

  private func release(_ end: (EventLoopPromise<Void>) -> Void) {
    let promises = waiting.values
    waiting = [:]
    for promise in promises { end(promise) }
  }

  /// Fulfils the promise when all is ready; returns a number for `giveUp`, or nil if it is decided already.
  func whenReady(_ promise: EventLoopPromise<Void>) -> Int? {
    switch snapshot.phase {
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
    switch shape {
    case .one(let link): link.close()
    case .shards(let links): EventLoopFuture.andAllComplete(links.map { $0.close() }, on: eventLoop)
    case .cluster(let cluster): cluster.close()
    }
  }
}
