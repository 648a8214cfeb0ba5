// Every Redis key of Millrace, in one place. docs/redis-keys.md says how long each lives and how big it gets.

/// The keys of one partition share the hash tag `{pN}`, so scripts stay within one slot of a cluster.
package struct QueueKeys: Sendable {
  package let partition: Int

  package init(partition: Int) {
    self.partition = partition
  }

  /// What every key of this partition begins with; scripts make the names that they are not given from it.
  package var prefix: String { "{p\(partition)}:" }

  /// Stream: what is runnable or running, one for each priority.
  package func stream(_ priority: Priority) -> String { "\(prefix)q:\(priority)" }
  package var streams: [String] { Priority.allCases.map(stream) }
  /// Sorted set: worker names by the time their heartbeat runs out.
  package var workers: String { "\(prefix)workers" }
  /// Number: since when (Redis's clock, milliseconds) heartbeats of any worker have come without a gap.
  package var steady: String { "\(prefix)steady" }
  /// Hash: the record of one execution, from its first begin on.
  package func record(_ token: ExecutionToken) -> String { recordPrefix + token.description }
  /// Strings beside it, `:` and the field's name behind: values of more than 64 KB.
  package var recordPrefix: String { "\(prefix)x:" }
  /// String: entry and token of the first execution with a name, for as long as its workflow says.
  package func first(_ name: String) -> String { "\(prefix)once:\(name)" }
  /// String: until when (Redis's clock, microseconds) a rate is used up.
  package func rate(_ name: String) -> String { "\(prefix)rate:\(name)" }

  /// Sorted set: tokens of executions that wait for a moment, by that moment (Redis's clock, milliseconds).
  package var due: String { "\(prefix)due" }
  /// Sorted set: tokens of executions that wait for room in a lane, by arrival.
  package var parked: String { "\(prefix)parked" }
  /// Sorted set: those of them whose workflow has a time limit, by when that is over.
  package var patience: String { "\(prefix)patience" }
  /// Hash: lane to the number of executions that it lets in at once.
  package var lanes: String { "\(prefix)lanes" }
  /// Set: tokens of those that a lane has let in; sorted set: of those that wait before it.
  package func held(_ lane: String) -> String { "\(prefix)lane:\(lane):held" }
  package func parked(_ lane: String) -> String { "\(prefix)lane:\(lane):parked" }
  /// Number: the order of arrival of executions that pass lanes.
  package var sequence: String { "\(prefix)seq" }
  /// Sorted set: `ENTRY-TOKEN` of the dead letters, by when they ended.
  package var dead: String { "\(prefix)dead" }
  /// Sorted set: tokens of executions that were cancelled in the last minute.
  package var canceled: String { "\(prefix)canceled" }
  /// Sorted set: `ENTRY-TOKEN` of executions that have ended so, by when.
  package func history(_ workflow: String, _ state: ExecutionState) -> String {
    "\(prefix)h:\(workflow):\(state.rawValue)"
  }
  /// Hash: state to the number of executions that have ended so.
  package func counts(_ workflow: String) -> String { "\(prefix)count:\(workflow)" }

  /// Stream: the replies for one ingest process.
  package static func inbox(_ name: String) -> String { "{r:\(name)}:replies" }

  /// Number: grows with every change of a workflow.
  package static let revision = "{workflows}:revision"
  /// Hash: workflow key to `VERSION:ENABLED`.
  package static let heads = "{workflows}:heads"
  /// Prefix of the hash version to definition, one for each workflow.
  package static let definitionPrefix = "{workflows}:definition:"
  package static func definitions(_ key: String) -> String { definitionPrefix + key }

  /// Sorted set: addresses of senders' keys that somebody needs, by when they were asked for.
  static let wantedKeys = "{keys}:wanted"
  /// String: when it was fetched (milliseconds) and, behind a line break, the document.
  static func keyDocument(_ url: String) -> String { "{keys}:document:" + url }
  /// String: a worker is fetching it.
  static func keyFetch(_ url: String) -> String { "{keys}:fetching:" + url }

  /// The consumer group of all workers, and the consumer that holds what was handed back.
  package static let group = "workers"
  package static let handedBack = "handed-back"
}

/// The fields of an execution's record.
enum RecordField {
  static let state = "st"
  static let workflow = "wf"
  static let entry = "id"
  static let epoch = "ep"
  static let crashes = "crashes"
  static let began = "at"
  static let finished = "fin"
  static let message = "msg"
  static let output = "out"
  static let reply = "rep"
  static let payload = "in"
  /// Names of the fields whose values lie in keys of their own.
  static let large = "big"
  /// Why it is a dead letter.
  static let dead = "dead"
  static let redriven = "again"
  /// Prefixes of a callback and of what came for it.
  static let callback = "cb:"
  static let arrival = "cv:"
  /// Prefix of checkpointed fields.
  static let checkpoint = "n:"
}
