// What other threads may see of a connection: readiness checks and metrics ask, the event loop tells.

import Synchronization

/// Written on the connection's event loop, read anywhere.
final class ConnectionStatus: Sendable {
  struct Snapshot: Sendable, Equatable {
    var phase = ConnectionState.Phase.idle
    var problem: String?
    var clientID: Int64?
    var parts = Parts.none

    /// The servers behind a connection to several, each by itself.
    enum Parts: Sendable, Equatable {
      case none
      case shards([Snapshot])
      case cluster(SlotMap, [RedisAddress: Snapshot])
    }

    /// Of several links as one: ready when all are, with the first problem there is.
    static func of(_ links: [Snapshot]) -> Snapshot {
      guard let first = links.first, links.count > 1 else { return links.first ?? Snapshot() }
      let problem = links.lazy.compactMap(\.problem).first
      let others = links.lazy.map(\.phase).filter { $0 != .ready }
      let phase = others.contains(.closed) ? .closed : problem == nil ? others.first ?? .ready : .away
      return Snapshot(phase: phase, problem: problem, clientID: first.clientID)
    }

    /// That of the server which has the key.
    func part(for key: String) -> Snapshot {
      switch parts {
      case .none: return self
      case .shards(let shards): return shards[HashSlot.shard(of: key, among: shards.count)]
      case .cluster(let map, let nodes):
        if let node = map.owner(of: HashSlot.of(key)).flatMap({ nodes[$0] }) { return node }
        return Snapshot(phase: .away, problem: problem ?? "no node of the cluster has the slot of \(key)")
      }
    }
  }

  private let snapshot = Mutex(Snapshot())

  var current: Snapshot { snapshot.withLock { $0 } }

  func set(_ new: Snapshot) { snapshot.withLock { $0 = new } }
}
