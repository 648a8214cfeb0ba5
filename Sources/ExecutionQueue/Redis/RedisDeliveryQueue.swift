// A worker's side of the queue on Redis.
//
// Three streams hold what is runnable, one for each priority. A worker reads them as one consumer of the group, so an
// entry it holds is pending under its name until it is settled, handed back, or claimed by another because this
// worker's heartbeat ran out. `begin` takes the fence that every later write is checked against.

package import Logging
import NIOCore
import ProcessSupport
package import RedisClient
import Synchronization

package final class RedisDeliveryQueue: DeliveryQueue {
  /// How long a worker counts as alive after a heartbeat. It beats every second, so a stall of less changes nothing.
  package static let lifetime: Duration = .seconds(4)
  /// How long no worker's heartbeat comes before that counts as an outage of Redis.
  private static let gap: Duration = .seconds(2)
  package static let scripts: [RedisScript] = [
    .begin, .checkpoint, .closeCallback, .settle, .suspend, .promote, .reserve, .tendLanes, .handBack, .rescue, .bury,
    .missed, .groups, .heartbeat,
  ]

  let commands: RedisConnection
  private let readers: [Intake: RedisConnection]
  let housekeeping: RedisConnection
  let keys: QueueKeys
  let worker: String
  let logger: Logger
  let held = HeldEntries()
  private let heard = Mutex<(last: ContinuousClock.Instant, unbrokenSince: ContinuousClock.Instant)?>(nil)
  private let begins: NIOLoopBound<TurnBatcher<Delivery, Beginning>>
  private let checkpoints: NIOLoopBound<TurnBatcher<CheckpointItem, Bool>>
  private let settlements: NIOLoopBound<TurnBatcher<SettleItem, Bool>>
  private let suspensions: NIOLoopBound<TurnBatcher<SuspendItem, Bool>>

  /// `commands` and `housekeeping` were made with `scripts`, and this initializer runs on the event loop of `commands`;
  /// `housekeeping` is for heartbeats, which should not wait behind the work, `readers` are for one blocking read each. No
  /// two incarnations share a `worker` name.
  package init(
    commands: RedisConnection, readers: [Intake: RedisConnection], housekeeping: RedisConnection, keys: QueueKeys,
    worker: String, replication: Replication = Replication(), logger: Logger
  ) {
    self.commands = commands
    self.readers = readers
    self.housekeeping = housekeeping
    self.keys = keys
    self.worker = worker
    self.logger = logger
    let calls = DeliveryCalls(connection: commands, keys: keys, worker: worker, replication: replication)
    begins = Self.batcher(commands) { calls.begin($0) }
    checkpoints = Self.batcher(commands) { calls.checkpoint($0) }
    settlements = Self.batcher(commands) { calls.settle($0) }
    suspensions = Self.batcher(commands) { calls.suspend($0) }
  }

  func reader(_ intake: Intake) -> RedisConnection { readers[intake] ?? commands }

  /// Executions that travel in one script call.
  private static let batchLimit = 32

  /// Redis begins with a full batch while the rest of the turn goes on here: otherwise each would wait for the other.
  private static func batcher<Item, Output>(
    _ connection: RedisConnection, call: @escaping ([Item]) -> EventLoopFuture<[Output]>
  ) -> NIOLoopBound<TurnBatcher<Item, Output>> {
    let batcher = TurnBatcher(eventLoop: connection.eventLoop, limit: batchLimit) { (items: [Item]) in
      let outputs = call(items)
      if items.count == batchLimit { connection.flush() }
      return outputs
    }
    return NIOLoopBound(batcher, eventLoop: connection.eventLoop)
  }

  package func heartbeat() async throws(QueueError) {
    let sent = ContinuousClock.now
    try await beat(milliseconds: Self.lifetime.milliseconds)
    heard.withLock { heard in
      let isUnbroken = heard.map { sent - $0.last < Self.trustedSilence } ?? false
      heard = (sent, isUnbroken ? heard?.unbrokenSince ?? sent : sent)
    }
  }

  /// Shorter than the lifetime, for what is done on the strength of the answer.
  private static let trustedSilence: Duration = lifetime - .seconds(1)

  package func wasHeard(since moment: ContinuousClock.Instant) -> Bool {
    heard.withLock { heard in
      heard.map { $0.unbrokenSince <= moment && .now - $0.last < Self.trustedSilence } ?? false
    }
  }

  package func leave() async throws(QueueError) {
    try await beat(milliseconds: 0)
  }

  private func beat(milliseconds: Int64) async throws(QueueError) {
    _ = try await answer(
      housekeeping.call(.heartbeat, keys: [keys.workers, keys.steady]) {
        $0.append(worker)
        $0.append(milliseconds)
        $0.append(Self.gap.milliseconds)
      })
  }

  package func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    while true {
      switch try await answer(onLoop { self.begins.value.submit(delivery) }) {
      case .lease(let lease): return lease
      case .later: continue
      case .lost: held.lose(delivery)
      case .unreadable:
        try await bury(delivery.priority, delivery.entry, "its record cannot be read")
        held.release(delivery)
      }
      return nil
    }
  }

  package func checkpoint(
    _ lease: Lease, _ fields: [CheckpointField], callbacks: [String]
  ) async throws(QueueError) -> Bool {
    let named = fields.map { (RecordField.checkpoint + $0.path, $0.bytes) }
    let open = callbacks.map { (RecordField.callback + $0, Array("open".utf8)) }
    return try await write(CheckpointItem(lease: lease, fields: named + open))
  }

  private func write(_ item: CheckpointItem) async throws(QueueError) -> Bool {
    let isOurs = try await answer(onLoop { self.checkpoints.value.submit(item) })
    if !isOurs { held.lose(item.lease.delivery) }
    return isOurs
  }

  package func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    guard try await write(CheckpointItem(lease: lease, fields: [(RecordField.reply, reply)])) else { return false }
    post(InboxMessage(lease: lease, state: .running, reply: reply))
    return true
  }

  package func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    let item = SettleItem(lease: lease, settlement: settlement)
    let isOurs = try await answer(onLoop { self.settlements.value.submit(item) })
    release(lease.delivery, isOurs: isOurs)
    if isOurs, !lease.replied { post(InboxMessage(lease: lease, settlement: settlement)) }
    return isOurs
  }

  package func suspend(_ lease: Lease, _ wait: Wait) async throws(QueueError) -> Bool {
    let item = SuspendItem(lease: lease, wait: wait)
    let isOurs = try await answer(onLoop { self.suspensions.value.submit(item) })
    release(lease.delivery, isOurs: isOurs)
    return isOurs
  }

  private func release(_ delivery: Delivery, isOurs: Bool) {
    isOurs ? held.release(delivery) : held.lose(delivery)
  }

  /// Sent and not waited for: the record is the truth, and ingest looks there when a message does not come.
  func post(_ message: InboxMessage?) {
    guard let message else { return }
    commands.send(message.command).whenFailure { [logger] error in
      logger.debug("reply not posted", metadata: ["error": "\(error)"])
    }
  }

  package func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool {
    // What fails here stays pending under this worker's name: then it is found again like a missed one.
    var isOurs = false
    defer { release(delivery, isOurs: isOurs) }
    let verdict = try await answer(
      commands.call(.handBack, keys: [keys.stream(delivery.priority), keys.record(delivery.token)]) {
        $0.append(QueueKeys.group)
        $0.append(worker)
        $0.append(delivery.entry.description)
        $0.append(lease?.epoch ?? 0)
        $0.append(QueueKeys.handedBack)
      })
    isOurs = verdict.int == 1
    return isOurs
  }

  /// Executions run on this very loop as a rule; then nothing has to be handed over.
  private func onLoop<Value: Sendable>(
    _ submit: @escaping @Sendable () -> EventLoopFuture<Value>
  ) -> EventLoopFuture<Value> {
    commands.eventLoop.inEventLoop ? submit() : commands.eventLoop.flatSubmit(submit)
  }

  func answer<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws(QueueError) -> Value {
    do { return try await future.get() } catch { throw QueueError(redis: error) }
  }
}

extension Duration {
  /// For BLOCK, where zero would mean forever.
  var asBlock: Int64 { max(1, milliseconds) }
}
