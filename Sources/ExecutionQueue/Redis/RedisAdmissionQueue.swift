// Ingest's side of the queue on Redis: one instance for each event loop, beside the connection of that loop.

package import NIOCore
import ProcessSupport
package import RedisClient

package final class RedisAdmissionQueue: AdmissionQueue {
  private let connection: RedisConnection
  private let keys: QueueKeys
  /// A key of the queue: other servers may be away.
  private let home: String
  private let backlog: Int
  private let replication: Replication
  private let batcher: NIOLoopBound<TurnBatcher<NewExecution, Admission>>
  private let recordBatcher: NIOLoopBound<TurnBatcher<NewExecution, Admission>>

  /// Executions that one script call admits: enough to share its cost, few enough that Redis has begun with them while
  /// this loop reads the next ones.
  private static let batchLimit = 16
  /// Bytes of a payload that may travel with others; a larger one goes ahead of what was submitted before it in the same
  /// turn.
  package static let sharedLimit = NewExecution.mostInEntry

  /// The connection was made with `scripts`; this initializer runs on its event loop.
  package init(
    connection: RedisConnection, keys: QueueKeys, backlog: Int, replication: Replication = Replication()
  ) {
    self.replication = replication
    self.connection = connection
    self.keys = keys
    home = keys.prefix
    self.backlog = backlog
    func makeBatcher() -> NIOLoopBound<TurnBatcher<NewExecution, Admission>> {
      let batcher = TurnBatcher<NewExecution, Admission>(eventLoop: connection.eventLoop, limit: Self.batchLimit) {
        let admissions = Self.admit(
          $0, connection: connection, keys: keys, backlog: backlog, replication: replication)
        if $0.count == Self.batchLimit { connection.flush() }
        return admissions
      }
      return NIOLoopBound(batcher, eventLoop: connection.eventLoop)
    }
    batcher = makeBatcher()
    recordBatcher = makeBatcher()
  }

  package var eventLoop: any EventLoop { connection.eventLoop }
  package var isAway: Bool { !connection.isReady(for: home) }

  /// What a connection for this side has to know.
  package static let scripts: [RedisScript] = [.admit, .admitRecord, .find, .records, .resume]

  package func admit(
    _ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void
  ) {
    // A large payload goes alone: a full batch of them would be one command of hundreds of megabytes.
    guard execution.payload.count <= Self.sharedLimit else {
      return Self.admit(
        [execution], connection: connection, keys: keys, backlog: backlog, replication: replication
      ).map { $0[0] }
        .whenComplete(completion)
    }
    (execution.needsRecord ? recordBatcher : batcher).value.submit(execution, completion: completion)
  }

  package func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption> {
    guard id.partition == keys.partition else { return eventLoop.makeSucceededFuture(.unknown) }
    return connection.call(
      .resume, keys: [keys.record(id.token)], capacity: bytes.count, replicas: replication.wait
    ) { command in
      command.append(keys.prefix)
      command.append(id.token.description)
      command.append(id.entry.description)
      command.append(callback)
      command.append(bytes)
    }
    .flatMapThrowing { answer in
      guard let resumption = answer.text.flatMap(Resumption.init(rawValue:)) else {
        throw QueueError(.corrupt, "unexpected answer of the resume script")
      }
      return resumption
    }
    .flatMapErrorThrowing { throw QueueError(redis: $0) }
  }

  package func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    RecordLookup(connection: connection, keys: keys).record(of: id, detail: detail)
  }

  /// All with a record from the start, or all without.
  private static func admit(
    _ batch: [NewExecution], connection: RedisConnection, keys: QueueKeys, backlog: Int, replication: Replication
  ) -> EventLoopFuture<[Admission]> {
    let size = batch.reduce(0) { $0 + $1.payload.count + 128 }
    let withRecord = batch.first?.needsRecord ?? false
    let script = withRecord ? RedisScript.admitRecord : .admit
    let scriptKeys = keys.streams + [keys.workers, keys.parked, keys.due]
    return connection.call(script, keys: scriptKeys, capacity: size, replicas: replication.wait) { command in
      command.append(keys.prefix)
      command.append(backlog)
      for execution in batch {
        command.append(execution.token.description)
        command.append(execution.workflow)
        command.append(execution.payload)
        command.append(execution.particulars)
        guard withRecord else { continue }
        command.append(execution.lanes?.gates(of: execution.workflow) ?? "")
        command.append(execution.lanes?.concurrency.map { "\($0)" } ?? "")
        command.append(execution.entry?.description ?? "")
        command.append(execution.lanes?.timeout.map { "\(max(1, $0.milliseconds))" } ?? "")
      }
    }
    .flatMapThrowing { answer in
      guard let answers = answer.array, answers.count == batch.count else {
        throw QueueError(.corrupt, "unexpected answer of the admit script")
      }
      var admissions: [Admission] = []
      admissions.reserveCapacity(batch.count)
      for (index, answer) in answers.enumerated() {
        admissions.append(try Admission(answer, of: batch[index], partition: keys.partition))
      }
      return admissions
    }
    .flatMapErrorThrowing { throw QueueError(redis: $0) }
  }
}

extension Admission {
  fileprivate init(_ answer: RedisValue, of execution: NewExecution, partition: Int) throws {
    // Looks at the bytes where they lie; this runs for each webhook.
    if case .string(let text) = answer, let entry = unsafe text.withUnsafeReadableBytes({ unsafe EntryID(digits: $0) })
    {
      self = .admitted(ExecutionID(partition: partition, entry: entry, token: execution.token))
      return
    }
    let words = answer.text?.split(separator: " ").map(String.init) ?? []
    switch words.first {
    case "FULL" where words.count == 1: self = .backlogFull
    case "NOWORKER" where words.count == 1: self = .noWorker
    case "RATE" where words.count == 2:
      guard let wait = Int64(words[1]) else { throw Self.unexpected }
      self = .overRate(.microseconds(wait))
    case "DUP" where words.count == 3:
      guard let entry = EntryID(words[1]), let token = ExecutionToken(words[2]) else { throw Self.unexpected }
      self = .duplicate(ExecutionID(partition: partition, entry: entry, token: token))
    default: throw Self.unexpected
    }
  }

  private static let unexpected = QueueError(.corrupt, "unexpected answer of the admit script")
}

extension NewExecution {
  /// As the script reads them.
  var particulars: String {
    if priority == .normal, inbox == nil, conditions.isEmpty { return "" }
    return "\(priority.streamNumber) \(inbox ?? "-") \(conditions.text)"
  }
}

extension AdmissionConditions {
  /// As the script reads it.
  var text: String {
    let once = deduplication.map { "\($0.name) \(max(1, $0.window.milliseconds))" } ?? "- 0"
    let rate = rate.map { "\($0.name) \($0.interval) \($0.period.microseconds)" } ?? "- 0 0"
    return "\(once) \(rate)"
  }
}

extension AdmissionConditions.Rate {
  /// Microseconds from one admission to the next.
  var interval: Int64 { max(1, period.microseconds / Int64(max(1, limit))) }
}

extension Duration {
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension Priority {
  /// The scripts' stream number.
  var streamNumber: Int { rawValue + 1 }

  init?(streamNumber: Int) {
    self.init(rawValue: streamNumber - 1)
  }
}
