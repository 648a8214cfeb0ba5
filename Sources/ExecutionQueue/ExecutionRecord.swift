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
  package var dead: DeadLetterReason?
  package var arrivals: [String: [UInt8]] = [:]
  /// When it was redriven last.
  package var redriven: Int64?

  package init(id: ExecutionID, workflow: String, state: ExecutionState) {
    self.id = id
    self.workflow = workflow
    self.state = state
  }

  /// How often it was run: the first epoch is one more than a multiple of 1024, each that follows one more. Whoever ends
  /// it in place of a worker takes the last one.
  package var runs: Int { max(0, epoch % 1024 - (state == .canceled || dead == .crashes ? 1 : 0)) }
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
  /// Waiting for a moment or a callback, and for room in a lane.
  package var timed: Int
  package var parked: Int
  package var dead: Int

  package init(entries: [Int], inFlight: Int, timed: Int = 0, parked: Int = 0, dead: Int = 0) {
    self.entries = entries
    self.inFlight = inFlight
    self.timed = timed
    self.parked = parked
    self.dead = dead
  }

  package var total: Int { entries.reduce(0, +) + timed + parked }
}
