// Shorter words for what tests do most.

package import ExecutionQueue
import NIOCore

extension DeliveryQueue {
  /// Of any priority, urgent ones first.
  package func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    let deadline = ContinuousClock.now + wait
    repeat {
      for intake in Intake.allCases {
        let deliveries = try await take(intake, limit: limit, waiting: .milliseconds(2))
        if !deliveries.isEmpty { return deliveries }
      }
    } while ContinuousClock.now < deadline
    return []
  }

  package func checkpoint(_ lease: Lease, _ fields: [CheckpointField]) async throws(QueueError) -> Bool {
    try await checkpoint(lease, fields, callbacks: [])
  }
}

extension Delivery {
  package var text: String { payload.map { String(buffer: $0) } ?? "" }
}
