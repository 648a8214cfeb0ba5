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
  package let conditions: AdmissionConditions
  /// What it has to pass before it may run; nil for nothing.
  package let lanes: Lanes?
  /// The entry of its id, when that was given out before it came here.
  package let entry: EntryID?

  package init(
    token: ExecutionToken, workflow: String, priority: Priority, payload: [UInt8], inbox: String?,
    conditions: AdmissionConditions = AdmissionConditions(), lanes: Lanes? = nil, entry: EntryID? = nil
  ) {
    self.lanes = lanes
    self.entry = entry
    self.token = token
    self.workflow = workflow
    self.priority = priority
    self.payload = payload
    self.inbox = inbox
    self.conditions = conditions
  }

  /// Bytes that a stream entry carries: what one read brings has a bound.
  static let mostInEntry = 65_536

  var needsRecord: Bool { lanes != nil || entry != nil || payload.count > Self.mostInEntry }
}

/// Who may run when: the queue lets an execution wait outside the streams until its lanes have room for it.
package struct Lanes: Sendable, Equatable {
  /// Executions with the same value run one after another, in the order of their arrival. Without blanks; short, it
  /// becomes part of a key.
  package var order: String?
  /// Executions of the workflow that run at once.
  package var concurrency: Int?
  /// Microseconds from one start to the next.
  package var spacing: Int64?
  /// How long after its admission it stops waiting for its turn and goes to a worker that ends it.
  package var timeout: Duration?

  package init(order: String? = nil, concurrency: Int? = nil, spacing: Int64? = nil, timeout: Duration? = nil) {
    self.order = order
    self.concurrency = concurrency
    self.spacing = spacing
    self.timeout = timeout
  }

  /// The lane of a workflow's concurrency.
  package static func name(of workflow: String) -> String { "w:\(workflow)" }

  /// In the order in which they are passed.
  func gates(of workflow: String) -> String {
    [
      order.map { "o:\($0)" }, concurrency.map { _ in Self.name(of: workflow) },
      spacing.map { "t:\(workflow):\($0)" },
    ].compactMap(\.self).joined(separator: " ")
  }
}

/// What the queue decides at the admission, for all ingest processes together.
package struct AdmissionConditions: Sendable, Equatable {
  /// Only the first execution with this name is admitted, for as long as it says.
  package struct Deduplication: Sendable, Equatable {
    /// Without blanks; short, it becomes part of a key.
    package let name: String
    package let window: Duration

    package init(name: String, window: Duration) {
      self.name = name
      self.window = window
    }
  }

  /// At most `limit` admissions in any `period`, evenly refilled (the generic cell rate algorithm).
  package struct Rate: Sendable, Equatable {
    /// Without blanks; short, it becomes part of a key.
    package let name: String
    package let limit: Int
    package let period: Duration

    package init(name: String, limit: Int, period: Duration) {
      self.name = name
      self.limit = limit
      self.period = period
    }
  }

  package var deduplication: Deduplication?
  package var rate: Rate?

  package init(deduplication: Deduplication? = nil, rate: Rate? = nil) {
    self.deduplication = deduplication
    self.rate = rate
  }

  var isEmpty: Bool { deduplication == nil && rate == nil }
}

/// Which of the partition's streams an execution waits in.
package enum Priority: Int, Sendable, CaseIterable {
  case high, normal, low
}

package enum Admission: Sendable, Equatable {
  /// Durable as far as Redis's settings go: the execution will run.
  case admitted(ExecutionID)
  /// An execution of the same name was admitted before.
  case duplicate(ExecutionID)
  /// Too many in too short a time; after so long one more is admitted.
  case overRate(Duration)
  /// As many executions wait as `MILLRACE_BACKLOG` allows.
  case backlogFull
  /// A synchronous caller would wait for nobody.
  case noWorker
}
