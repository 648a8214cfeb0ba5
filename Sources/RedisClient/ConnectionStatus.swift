// What other threads may see of a connection: readiness checks and metrics ask, the event loop tells.

import Synchronization

/// Written on the connection's event loop, read anywhere.
final class ConnectionStatus: Sendable {
  struct Snapshot: Sendable {
    var phase = ConnectionState.Phase.idle
    var problem: String?
    var clientID: Int64?
  }

  private let snapshot = Mutex(Snapshot())

  var current: Snapshot { snapshot.withLock { $0 } }

  func set(phase: ConnectionState.Phase, problem: String?, clientID: Int64? = nil) {
    snapshot.withLock { $0 = Snapshot(phase: phase, problem: problem, clientID: clientID) }
  }
}
