// Keeps asynchronous webhooks on the disk of this machine while Redis is away, and admits them in their order when it is
// back (`Journal+replay`). A 2xx for one of them means that the journal has it.

package import ExecutionQueue
package import Logging
import NIOCore
import NIOPosix
package import ProcessSupport
import ServiceLifecycle
import Synchronization

/// Of the two locks, that of the files is taken before that of the state, and what the state says of the files is set
/// under both: so nothing is written between a look at the files and what is remembered of it.
package final class Journal: Service {
  struct Entry: Sendable {
    let execution: NewExecution
    let entry: EntryID
    let completion: @Sendable (Result<ExecutionID, any Error>) -> Void
  }

  struct State {
    var waiting: [Entry] = []
    /// Of these, and of those that are being written.
    var waitingBytes = 0
    var isWriting = false
    /// Everything in the files, in bytes.
    var size: Int
    /// When it came to have something in it.
    var pendingSince: ContinuousClock.Instant?
    var sequence: UInt64 = 0
    var lastMilliseconds: UInt64 = 0
    var failures = LogPace()
    var failedAt: ContinuousClock.Instant?
    var lastFailure = ""

    var isPending: Bool { size > 0 || isWriting || !waiting.isEmpty }
  }

  let state: Mutex<State>
  let files: Mutex<JournalFiles>
  let admissions: any AdmissionQueue
  let logger: Logger
  let replayed: Counter
  /// How long what was taken for a workflow that nobody has applied (again) is held back.
  let patience: Duration
  /// Nil: everything can be admitted as it is.
  let surroundings = Mutex<JournalSurroundings?>(nil)
  private let limit: Int
  private let written: Counter
  private let refused: Counter

  /// `limit` is how many bytes may wait for Redis; `admissions` takes them when it is back.
  package init(
    files: consuming JournalFiles, limit: Int, admissions: any AdmissionQueue, patience: Duration = .seconds(60),
    registry: MetricsRegistry, logger: Logger
  ) {
    let size = files.size
    state = Mutex(State(size: size))
    self.files = Mutex(files)
    self.limit = limit
    self.admissions = admissions
    self.patience = patience
    self.logger = logger
    written = registry.counter(
      "millrace_ingest_journal_written_total", help: "Webhooks written to the journal while Redis was away.")
    replayed = registry.counter("millrace_ingest_journal_replayed_total", help: "Webhooks admitted from the journal.")
    refused = registry.counter(
      "millrace_ingest_journal_refused_total", help: "Webhooks that the journal could not take.")
    registry.gauge("millrace_ingest_journal_bytes", help: "Bytes of webhooks in the journal.") { [self] in
      Double(state.withLock { $0.size })
    }
  }

  /// Whether something is in it, or on its way in: what has to keep its order goes in behind.
  var isPending: Bool { state.withLock { $0.isPending } }

  /// Whether it could take over from Redis.
  package var hasRoom: Bool {
    state.withLock { state in
      let isBroken = state.failedAt.map { .now - $0 < Self.doubt } ?? false
      return !isBroken && state.size + state.waitingBytes < limit / 10 * 9
    }
  }

  /// How long a write that failed speaks against this ingest; then a webhook may try again.
  private static let doubt: Duration = .seconds(5)

  // MARK: writing

  /// `completion` runs once, on any thread, when the webhook is on the disk.
  func append(_ execution: NewExecution, completion: @escaping @Sendable (Result<ExecutionID, any Error>) -> Void) {
    let size = Self.size(of: execution)
    let starts: Bool? = state.withLock { state in
      guard state.size + state.waitingBytes + size <= limit else { return nil }
      if !state.isPending { state.pendingSince = .now }
      let now = UInt64(max(0, WallClock.milliseconds))
      state.sequence = now > state.lastMilliseconds ? 0 : state.sequence + 1
      state.lastMilliseconds = max(now, state.lastMilliseconds)
      let entry = EntryID(milliseconds: state.lastMilliseconds, sequence: state.sequence)
      state.waiting.append(Entry(execution: execution, entry: entry, completion: completion))
      state.waitingBytes += size
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard let starts else {
      refused.increment()
      return completion(.failure(QueueError(.full, "the journal is full")))
    }
    if starts { NIOThreadPool.singleton.submit { _ in self.writeAll() } }
  }

  /// One sync for all that have come meanwhile.
  private func writeAll() {
    while true {
      let entries = state.withLock { state in
        if state.waiting.isEmpty { state.isWriting = false }
        defer { state.waiting = [] }
        return state.waiting
      }
      if entries.isEmpty { return }
      var buffer = ByteBuffer()
      for entry in entries { JournalRecord.encode(entry.execution, entry: entry.entry, into: &buffer) }
      let result: Result<Void, JournalError> = files.withLock { files in
        let result: Result<Void, JournalError>
        do throws(JournalError) {
          try files.append(buffer)
          result = .success(())
        } catch {
          result = .failure(error)
        }
        let size = files.size
        state.withLock { state in
          state.size = size
          state.waitingBytes = state.waiting.reduce(0) { $0 + Self.size(of: $1.execution) }
        }
        return result
      }
      switch result {
      case .success:
        state.withLock { $0.failedAt = nil }
        written.increment(by: entries.count)
        for entry in entries {
          entry.completion(
            .success(ExecutionID(partition: 0, entry: entry.entry, token: entry.execution.token)))
        }
      case .failure(let error):
        state.withLock { $0.failedAt = .now }
        refused.increment(by: entries.count)
        report(error, count: entries.count)
        for entry in entries { entry.completion(.failure(QueueError(.refused, "\(error)"))) }
      }
    }
  }

  /// With how much a webhook counts until it is written.
  private static func size(of execution: NewExecution) -> Int { execution.payload.count + 256 }

  /// At most one line a second, however many webhooks fail; without an error, what no line has told of yet.
  func report(_ error: JournalError? = nil, count: Int = 0) {
    let due: (count: Int, error: String)? = state.withLock { state in
      if let error { state.lastFailure = "\(error)" }
      return state.failures.due(adding: count).map { ($0, state.lastFailure) }
    }
    guard let due else { return }
    logger.error("the journal cannot be written", metadata: ["error": "\(due.error)", "count": "\(due.count)"])
  }
}
