// A worker's side of the queue on Redis.
//
// Three streams hold what is runnable, one for each priority. A worker reads them as one consumer of the group, so an
// entry it holds is pending under its name until it is settled, handed back, or claimed by another because this
// worker's heartbeat ran out. `begin` takes the fence that every later write is checked against.

package import Logging
import NIOCore
package import RedisClient

package final class RedisDeliveryQueue: DeliveryQueue {
  /// How long a worker counts as alive after a heartbeat. It beats every second, so a stall of less changes nothing.
  package static let lifetime: Duration = .seconds(4)
  package static let scripts: [RedisScript] = [
    .begin, .checkpoint, .settle, .handBack, .rescue, .heartbeat,
  ]

  let commands: RedisConnection
  let reader: RedisConnection
  let keys: QueueKeys
  let worker: String
  let logger: Logger
  private let begins: NIOLoopBound<TurnBatcher<Delivery, Lease?>>
  private let checkpoints: NIOLoopBound<TurnBatcher<CheckpointItem, Bool>>
  private let settlements: NIOLoopBound<TurnBatcher<SettleItem, Bool>>

  /// - Parameters:
  ///   - commands: made with `scripts`; this initializer runs on its event loop.
  ///   - reader: for the one blocking read.
  ///   - worker: the name of this incarnation; no two share one.
  package init(commands: RedisConnection, reader: RedisConnection, keys: QueueKeys, worker: String, logger: Logger) {
    self.commands = commands
    self.reader = reader
    self.keys = keys
    self.worker = worker
    self.logger = logger
    let calls = DeliveryCalls(connection: commands, keys: keys, worker: worker)
    let loop = commands.eventLoop
    begins = NIOLoopBound(TurnBatcher(eventLoop: loop, limit: 64) { calls.begin($0) }, eventLoop: loop)
    checkpoints = NIOLoopBound(TurnBatcher(eventLoop: loop, limit: 64) { calls.checkpoint($0) }, eventLoop: loop)
    settlements = NIOLoopBound(TurnBatcher(eventLoop: loop, limit: 64) { calls.settle($0) }, eventLoop: loop)
  }

  package func heartbeat() async throws(QueueError) {
    try await beat(milliseconds: Self.lifetime.inMilliseconds)
  }

  package func leave() async throws(QueueError) {
    try await beat(milliseconds: 0)
  }

  private func beat(milliseconds: Int64) async throws(QueueError) {
    _ = try await answer(
      commands.call(.heartbeat, keys: [keys.workers]) {
        $0.append(worker)
        $0.append(milliseconds)
      })
  }

  package func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    precondition(limit > 0)
    let streams = keys.streams
    // COUNT is for each stream; a limit below their number is asked of the high stream first, then of all at once.
    if limit < streams.count {
      for stream in streams.dropLast() {
        let deliveries = try await read([stream], count: limit, wait: nil)
        if !deliveries.isEmpty { return deliveries }
      }
    }
    return try await read(streams, count: max(1, limit / streams.count), wait: wait)
  }

  private func read(_ streams: [String], count: Int, wait: Duration?) async throws(QueueError) -> [Delivery] {
    var command = RedisCommand("XREADGROUP", "GROUP", QueueKeys.group, worker, "COUNT")
    command.append(count)
    if let wait {
      command.append("BLOCK")
      command.append(wait.inMilliseconds)
    }
    command.append("STREAMS")
    for stream in streams { command.append(stream) }
    for _ in streams { command.append(">") }
    let patience = TimeAmount.milliseconds((wait?.inMilliseconds ?? 0) + 5000)
    do {
      return Delivery.list(in: try await reader.run(command, timeout: patience), keys: keys, logger: logger)
    } catch where error.kind == .noGroup || error.kind == .unblocked {
      try await makeGroups()
      return []
    } catch {
      throw QueueError(redis: error)
    }
  }

  /// The group vanishes with its stream: after FLUSHALL, or a restart without persistence. It starts at 0, so that
  /// what was admitted meanwhile is delivered.
  package func makeGroups() async throws(QueueError) {
    for stream in keys.streams {
      do {
        _ = try await commands.run(RedisCommand("XGROUP", "CREATE", stream, QueueKeys.group, "0", "MKSTREAM"))
      } catch where error.message.contains("BUSYGROUP") {
        continue
      } catch {
        throw QueueError(redis: error)
      }
    }
  }

  package func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    do {
      let answer = try await commands.run(.rescue, keys: keys.streams + [keys.workers]) {
        $0.append(keys.recordPrefix)
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(limit)
        $0.append(QueueKeys.handedBack)
      }
      return (answer.array ?? []).compactMap { row in
        guard let row = row.array, row.count == 3, let number = row[0].int,
          let priority = Priority(streamNumber: Int(number))
        else { return nil }
        return Delivery(priority: priority, entry: row[1], fields: row[2])
      }
    } catch where error.kind == .noGroup {
      try await makeGroups()
      return []
    } catch {
      throw QueueError(redis: error)
    }
  }

  package func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    try await answer(commands.eventLoop.flatSubmit { self.begins.value.submit(delivery) })
  }

  package func checkpoint(_ lease: Lease, _ fields: [CheckpointField]) async throws(QueueError) -> Bool {
    let named = fields.map { (RecordField.checkpoint + $0.path, $0.bytes) }
    return try await write(CheckpointItem(lease: lease, fields: named))
  }

  private func write(_ item: CheckpointItem) async throws(QueueError) -> Bool {
    try await answer(commands.eventLoop.flatSubmit { self.checkpoints.value.submit(item) })
  }

  package func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    guard try await write(CheckpointItem(lease: lease, fields: [(RecordField.reply, reply)])) else { return false }
    post(InboxMessage(lease: lease, state: .running, reply: reply))
    return true
  }

  package func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    let item = SettleItem(lease: lease, settlement: settlement)
    let isOurs = try await answer(commands.eventLoop.flatSubmit { self.settlements.value.submit(item) })
    if isOurs, !lease.replied { post(InboxMessage(lease: lease, settlement: settlement)) }
    return isOurs
  }

  /// Sent and not waited for: the record is the truth, and ingest looks there when a message does not come.
  private func post(_ message: InboxMessage?) {
    guard let message else { return }
    commands.send(message.command).whenFailure { [logger] error in
      logger.debug("reply not posted", metadata: ["error": "\(error)"])
    }
  }

  package func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) {
    _ = try await answer(
      commands.call(.handBack, keys: [keys.stream(delivery.priority), keys.record(delivery.token)]) {
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(delivery.entry.description)
        $0.append(lease?.epoch ?? 0)
        $0.append(QueueKeys.handedBack)
      })
  }

  private func answer<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws(QueueError) -> Value {
    do { return try await future.get() } catch { throw QueueError(redis: error) }
  }
}

extension Duration {
  var inMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
