// Every Redis key of Millrace, in one place. docs/redis-keys.md says how long each lives and how big it gets.

/// The keys of one partition share the hash tag `{pN}`, so scripts stay within one slot of a cluster.
package struct QueueKeys: Sendable {
  package let partition: Int

  package init(partition: Int) {
    self.partition = partition
  }

  /// Stream: what is runnable or running, one for each priority.
  package func stream(_ priority: Priority) -> String { "{p\(partition)}:q:\(priority)" }
  package var streams: [String] { Priority.allCases.map(stream) }
  /// Sorted set: worker names by the time their heartbeat runs out.
  package var workers: String { "{p\(partition)}:workers" }
  /// Number: since when (Redis's clock, milliseconds) heartbeats of any worker have come without a gap.
  package var steady: String { "{p\(partition)}:steady" }
  /// Hash: the record of one execution, from its first begin on.
  package func record(_ token: ExecutionToken) -> String { recordPrefix + token.description }
  /// String: entry and token of the first execution with a name, for as long as its workflow says.
  var deduplicationPrefix: String { "{p\(partition)}:once:" }
  /// String: until when (Redis's clock, microseconds) a rate is used up.
  var ratePrefix: String { "{p\(partition)}:rate:" }
  package var recordPrefix: String { "{p\(partition)}:x:" }

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
  /// Prefix of checkpointed fields.
  static let checkpoint = "n:"
}
