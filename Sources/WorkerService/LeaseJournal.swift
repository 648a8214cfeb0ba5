// What the engine writes while it runs, made durable under the lease.

import ExecutionQueue
import WorkflowEngine
import Workflows

/// Another worker has begun this execution: nothing of this run counts any more.
struct LeaseLost: Error {}

struct LeaseJournal: ExecutionJournal {
  let queue: any DeliveryQueue
  let lease: Lease
  /// Before the lease was taken.
  let asked: ContinuousClock.Instant

  func checkpoint(_ records: [NodeRecord]) async throws {
    let fields = records.map { CheckpointField(path: $0.path, bytes: $0.bytes) }
    guard try await Persistence.keepTrying({ try await queue.checkpoint(lease, fields) }) else { throw LeaseLost() }
  }

  /// Nobody takes over from a worker that was heard a moment ago; else the queue is asked, by writing nothing.
  func confirm() async throws {
    guard !queue.wasHeard(since: asked) else { return }
    try await checkpoint([])
  }

  func reply(_ reply: Reply) async throws {
    guard try await Persistence.keepTrying({ try await queue.reply(lease, reply.encoded()) }) else {
      throw LeaseLost()
    }
  }
}

/// While Redis is away a worker keeps what it has and tries again; its entries are pending under its name, so nobody
/// else can finish them for it while it lives.
enum Persistence {
  private static let firstDelay: Duration = .milliseconds(50)
  private static let longestDelay: Duration = .seconds(2)

  /// Throws `CancellationError` when the task is cancelled meanwhile, and every error but `QueueError` at once.
  static func keepTrying<Value: Sendable>(_ attempt: @Sendable () async throws -> Value) async throws -> Value {
    var delay = firstDelay
    while true {
      do {
        return try await attempt()
      } catch let error as QueueError {
        guard error.kind != .corrupt else { throw error }
        try await Task.sleep(for: delay * Double.random(in: 0.5...1))
        delay = min(delay * 2, longestDelay)
      }
    }
  }
}
