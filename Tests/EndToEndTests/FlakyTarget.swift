// A target whose second step fails until it is repaired: what goes there becomes a dead letter that can succeed.

import Synchronization
import TestSupport

final class FlakyTarget: Sendable {
  private final class Health: Sendable {
    private let state = Mutex(false)
    var isWell: Bool {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }

  private let target: HTTPTarget
  private let health: Health

  static func start() async throws -> FlakyTarget {
    let health = Health()
    let target = try await HTTPTarget.start { request in
      request.path == "/s1" || health.isWell ? .json(#"{"ok":true}"#) : .status(500)
    }
    return FlakyTarget(target: target, health: health)
  }

  private init(target: HTTPTarget, health: Health) {
    self.target = target
    self.health = health
  }

  func repair() { health.isWell = true }
  func spoil() { health.isWell = false }

  /// How often a step of an execution has been asked for.
  func calls(of execution: String, step: String) -> Int {
    target.requests.count { $0[header: "Idempotency-Key"] == "\(execution):\(step)" }
  }

  var workflow: String {
    """
    trigger: {type: webhook}
    nodes:
      - {key: s1, type: request, url: "\(target.url("/s1"))", json: "{{$context.data}}"}
      - {key: s2, type: request, url: "\(target.url("/s2"))", json: "{{$context.data}}"}
    """
  }
}
