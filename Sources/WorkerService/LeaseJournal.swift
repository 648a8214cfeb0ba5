// What the engine writes while it runs, made durable under the lease.

import ExecutionQueue
import Logging
import Synchronization
import WorkflowEngine
import Workflows

/// Another worker has begun this execution: nothing of this run counts any more.
struct LeaseLost: Error {}

final class LeaseJournal: ExecutionJournal {
  private let queue: any DeliveryQueue
  private let lease: Lease
  private let persistence: Persistence
  /// A moment before Redis last said that the lease is ours.
  private let asked: Mutex<ContinuousClock.Instant>

  init(queue: any DeliveryQueue, lease: Lease, persistence: Persistence, asked: ContinuousClock.Instant) {
    self.queue = queue
    self.lease = lease
    self.persistence = persistence
    self.asked = Mutex(asked)
  }

  func checkpoint(_ records: [NodeRecord]) async throws {
    try await checkpoint(records, callbacks: [])
  }

  func checkpoint(_ records: [NodeRecord], callbacks: [String]) async throws {
    let fields = records.map { CheckpointField(path: $0.path, bytes: $0.bytes) }
    guard Sabotage.current != .checkpoint else { return }
    let moment = try await persistence.keepTrying { () async throws -> ContinuousClock.Instant? in
      // Of the attempt that was answered: those before it may lie in an outage.
      let moment = ContinuousClock.now
      let isOurs = try await self.queue.checkpoint(self.lease, fields, callbacks: callbacks)
      return isOurs || Sabotage.current == .fence ? moment : nil
    }
    guard let moment else { throw LeaseLost() }
    asked.withLock { $0 = max($0, moment) }
  }

  func close(callback: String) async throws -> [UInt8]? {
    switch try await persistence.keepTrying({ try await self.queue.close(self.lease, callback: callback) }) {
    case .closed: return nil
    case .arrived(let bytes): return bytes
    case .lost: throw LeaseLost()
    }
  }

  func reserve(_ name: String, spacing: Int64) async throws -> Int64 {
    try await persistence.keepTrying { try await self.queue.reserve(name, spacing: spacing) }
  }

  private static let pause: Duration = .milliseconds(50)

  /// Nobody takes over from a worker that was heard a moment ago; else the queue is asked, by writing nothing. After an
  /// outage that does not help before the worker has been heard again.
  func confirm() async throws {
    while !isConfirmed {
      try await checkpoint([])
      guard !isConfirmed else { return }
      try await Task.sleep(for: Self.pause)
    }
  }

  var isConfirmed: Bool { Sabotage.current != nil || queue.wasHeard(since: asked.withLock { $0 }) }

  func reply(_ reply: Reply) async throws {
    guard try await persistence.keepTrying({ try await self.queue.reply(self.lease, reply.encoded()) }) else {
      throw LeaseLost()
    }
  }
}

/// While Redis is away a worker keeps what it has and tries again; its entries are pending under its name, so nobody
/// else can finish them for it while it lives.
struct Persistence: Sendable {
  private let complaint: SharedComplaint

  private static let firstDelay: Duration = .milliseconds(50)
  private static let longestDelay: Duration = .seconds(2)
  private let patience: Duration

  /// Redis may be started anew in the time of the patience; what takes longer the log is to say.
  init(logger: Logger, patience: Duration = .seconds(5)) {
    self.patience = patience
    complaint = SharedComplaint(logger, "executions wait, since the queue does not take what they say; trying again")
  }

  /// Throws `CancellationError` when the task is cancelled meanwhile, and every error but `QueueError` at once.
  func keepTrying<Value: Sendable>(_ attempt: @Sendable () async throws -> Value) async throws -> Value {
    let started = ContinuousClock.now
    var delay = Self.firstDelay
    while true {
      do {
        return try await attempt()
      } catch let error as QueueError {
        guard error.kind != .corrupt else { throw error }
        if .now - started > patience { complaint.make(error) }
        try await Task.sleep(for: delay * Double.random(in: 0.5...1))
        delay = min(delay * 2, Self.longestDelay)
      }
    }
  }
}
