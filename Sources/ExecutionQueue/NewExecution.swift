// What ingest asks the queue to keep, and what the queue answers.

/// An execution that is not in the queue yet. Its payload is opaque to the queue.
/// A class for the reason that `Delivery` is one.
package final class NewExecution: Sendable {
  package let token: ExecutionToken
  package let workflow: String
  package let priority: Priority
  package let payload: [UInt8]
  /// The reply inbox of the ingest process whose caller waits; nil in asynchronous mode.
  package let inbox: String?

  package init(token: ExecutionToken, workflow: String, priority: Priority, payload: [UInt8], inbox: String?) {
    self.token = token
    self.workflow = workflow
    self.priority = priority
    self.payload = payload
    self.inbox = inbox
  }
}

/// Which of the partition's streams an execution waits in.
package enum Priority: Int, Sendable, CaseIterable {
  case high, normal, low
}

package enum Admission: Sendable, Equatable {
  /// Durable as far as Redis's settings go: the execution will run.
  case admitted(ExecutionID)
  /// As many executions wait as `MILLRACE_BACKLOG` allows.
  case backlogFull
  /// A synchronous caller would wait for nobody.
  case noWorker
}
