// Ingest's side of the queue on Redis: one instance for each event loop, beside the connection of that loop.

package import NIOCore
package import RedisClient

package final class RedisAdmissionQueue: AdmissionQueue {
  private let connection: RedisConnection
  private let keys: QueueKeys
  private let backlog: Int
  private let batcher: NIOLoopBound<TurnBatcher<NewExecution, Admission>>

  /// Executions that one script call admits; enough for a busy turn, few enough to keep Redis's turns short.
  private static let batchLimit = 64
  /// Bytes of a payload that may travel with others.
  private static let sharedLimit = 65_536

  /// The connection was made with `scripts`; this initializer runs on its event loop.
  package init(connection: RedisConnection, keys: QueueKeys, backlog: Int) {
    self.connection = connection
    self.keys = keys
    self.backlog = backlog
    let batcher = TurnBatcher<NewExecution, Admission>(eventLoop: connection.eventLoop, limit: Self.batchLimit) {
      Self.admit($0, connection: connection, keys: keys, backlog: backlog)
    }
    self.batcher = NIOLoopBound(batcher, eventLoop: connection.eventLoop)
  }

  package var eventLoop: any EventLoop { connection.eventLoop }

  /// What a connection for this side has to know.
  package static let scripts: [RedisScript] = [.admit, .find]

  package func admit(
    _ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void
  ) {
    // A large payload goes alone: a full batch of them would be one command of hundreds of megabytes.
    guard execution.payload.count <= Self.sharedLimit else {
      return Self.admit([execution], connection: connection, keys: keys, backlog: backlog).map { $0[0] }
        .whenComplete(completion)
    }
    batcher.value.submit(execution, completion: completion)
  }

  package func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    RecordLookup(connection: connection, keys: keys).record(of: id, detail: detail)
  }

  private static func admit(
    _ batch: [NewExecution], connection: RedisConnection, keys: QueueKeys, backlog: Int
  ) -> EventLoopFuture<[Admission]> {
    let size = batch.reduce(0) { $0 + $1.payload.count + 128 }
    return connection.call(.admit, keys: keys.streams + [keys.workers], capacity: size) { command in
      command.append(backlog)
      command.append(keys.deduplicationPrefix)
      command.append(keys.ratePrefix)
      for execution in batch {
        command.append(execution.priority.streamNumber)
        command.append(execution.token.description)
        command.append(execution.workflow)
        command.append(execution.inbox ?? "")
        command.append(execution.payload)
        command.append(execution.conditions.isEmpty ? "" : execution.conditions.text)
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

extension AdmissionConditions {
  /// As the script reads it.
  fileprivate var text: String {
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
  var milliseconds: Int64 { microseconds / 1000 }
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension Priority {
  /// The scripts' stream number.
  var streamNumber: Int { rawValue + 1 }

  init?(streamNumber: Int) {
    self.init(rawValue: streamNumber - 1)
  }
}
