// What the memory queue holds: executions, the streams of those that may run, and what stands between the two.

import NIOCore

extension MemoryQueue {
  /// An execution from its admission until nothing is kept of it.
  struct Execution: Sendable {
    /// Its payload is nil while that lies in the entry.
    var record: ExecutionRecord
    var priority: Priority
    var inbox: String?
    /// What it passes before it may run, and how many of them it has passed.
    var gates: [Gate] = []
    var passed = 0
    /// A throttle is passed once.
    var isSpaced = false
    /// The order of arrival.
    var turn: Int64 = 0
    /// Milliseconds from its admission on that it waits for its turn; nil: for ever.
    var timeout: Int64?
    /// Whether a callback may still be used.
    var callbacks: [String: Bool] = [:]
    /// Callbacks that end its waiting.
    var awaited: [String] = []
    /// Milliseconds; nil until it has ended.
    var expires: Int64?
  }

  /// An execution that may run: waits in its stream, or is held by a worker.
  struct Entry: Sendable {
    let id: EntryID
    let token: ExecutionToken
    let inbox: String?
    /// With the payload it has no origin, and the other way round.
    var payload: [UInt8]?
    var origin: EntryID?
    var crashes = 0
    var holder: String?
  }

  enum Gate: Sendable, Hashable {
    case lane(String)
    case pace(String, spacing: Int64)

    static func list(_ lanes: Lanes?, of workflow: String) -> [Gate] {
      guard let lanes else { return [] }
      return [
        lanes.order.map { .lane("o:\($0)") }, lanes.concurrency.map { _ in .lane(Lanes.name(of: workflow)) },
        lanes.spacing.map { .pace("t:\(workflow)", spacing: $0) },
      ].compactMap(\.self)
    }
  }

  struct Lane: Sendable {
    var held: Set<ExecutionToken> = []
    /// The first come first.
    var parked: [ExecutionToken] = []
  }

  struct State: Sendable {
    let clock: @Sendable () -> Int64
    var executions: [ExecutionToken: Execution] = [:]
    var streams: [[Entry]] = Priority.allCases.map { _ in [] }
    /// Until when (milliseconds) those wait that wait for a moment.
    var due: [ExecutionToken: Int64] = [:]
    /// Until when (milliseconds) those that wait before a lane do so, if not for ever.
    var patience: [ExecutionToken: Int64] = [:]
    var lanes: [String: Lane] = [:]
    var limits: [String: Int] = [:]
    var canceled: [ExecutionToken: Int64] = [:]
    var counts: [String: [ExecutionState: Int]] = [:]
    /// Until when (microseconds) workers count as alive, names of executions are taken, rates are used up.
    var workers: [String: Int64] = [:]
    var names: [String: (id: ExecutionID, until: Int64)] = [:]
    var rates: [String: Int64] = [:]
    var inboxes: [String: [QueuedReply]] = [:]
    var entries: UInt64 = 0
    var turns: Int64 = 0
    var definitions = MemoryDefinitions()

    init(clock: @escaping @Sendable () -> Int64) {
      self.clock = clock
    }
  }
}

extension MemoryQueue.State {
  var microseconds: Int64 { clock() }
  var now: Int64 { clock() / 1000 }

  var parkedCount: Int { lanes.values.reduce(0) { $0 + $1.parked.count } }

  func isAlive(_ worker: String) -> Bool { workers[worker].map { $0 > microseconds } ?? false }

  func execution(_ id: ExecutionID) -> MemoryQueue.Execution? {
    guard let execution = executions[id.token], execution.record.id == id, execution.expires.map({ $0 > now }) ?? true
    else { return nil }
    return execution
  }

  func record(of id: ExecutionID) -> ExecutionRecord? {
    guard let execution = execution(id) else { return nil }
    var record = execution.record
    if record.state == .queued, record.payload == nil { record.payload = entry(of: id.token)?.payload }
    return record
  }

  mutating func forgetExpired() {
    executions = executions.filter { $0.value.expires.map { $0 > now } ?? true }
    names = names.filter { $0.value.until > microseconds }
  }

  // MARK: Entries

  mutating func nextEntry() -> EntryID {
    entries += 1
    return EntryID(milliseconds: UInt64(now), sequence: entries)
  }

  func entry(of token: ExecutionToken) -> MemoryQueue.Entry? {
    for stream in streams {
      if let entry = stream.first(where: { $0.token == token }) { return entry }
    }
    return nil
  }

  func holder(of delivery: Delivery) -> String? {
    streams[delivery.priority.rawValue].first { $0.id == delivery.entry }?.holder
  }

  mutating func hold(_ delivery: Delivery, by holder: String) {
    for index in streams[delivery.priority.rawValue].indices
    where streams[delivery.priority.rawValue][index].id == delivery.entry {
      streams[delivery.priority.rawValue][index].holder = holder
    }
  }

  /// Takes an entry out of its stream; what is kept of its payload moves into the record.
  mutating func take(_ id: EntryID, of priority: Priority, keepsPayload: Bool = true) -> Bool {
    guard let index = streams[priority.rawValue].firstIndex(where: { $0.id == id }) else { return false }
    let entry = streams[priority.rawValue].remove(at: index)
    if keepsPayload, let payload = entry.payload { executions[entry.token]?.record.payload = payload }
    return true
  }

  func delivery(_ entry: MemoryQueue.Entry, _ priority: Priority, crashes: Int = 0) -> Delivery {
    Delivery(
      priority: priority, entry: entry.id, token: entry.token,
      workflow: executions[entry.token]?.record.workflow ?? "", inbox: entry.inbox,
      payload: entry.payload.map { ByteBuffer(bytes: $0) }, origin: entry.origin, crashes: max(entry.crashes, crashes))
  }
}
