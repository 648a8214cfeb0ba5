// What the queue knows of an execution: for result requests, for `millrace show`, later for the console.

package struct ExecutionRecord: Sendable {
  package var id: ExecutionID
  package var workflow: String
  package var state: ExecutionState
  package var epoch: Int = 0
  package var crashes: Int = 0
  /// Milliseconds since 1970 by Redis's clock.
  package var began: Int64?
  package var finished: Int64?
  package var message: String?
  package var output: [UInt8]?
  package var reply: [UInt8]?
  package var payload: [UInt8]?
  package var fields: [CheckpointField] = []

  package init(id: ExecutionID, workflow: String, state: ExecutionState) {
    self.id = id
    self.workflow = workflow
    self.state = state
  }
}

/// A worker as its last heartbeat described it.
package struct WorkerRecord: Sendable, Equatable {
  package let name: String
  package let isAlive: Bool
}

package struct QueueDepth: Sendable, Equatable {
  /// Entries waiting or in flight, by priority.
  package var entries: [Int]
  /// Of those, delivered to a worker and not settled.
  package var inFlight: Int

  package init(entries: [Int], inFlight: Int) {
    self.entries = entries
    self.inFlight = inFlight
  }

  package var total: Int { entries.reduce(0, +) }
}
