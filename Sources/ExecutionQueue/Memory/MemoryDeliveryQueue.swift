// A worker's side of the memory queue: the scripts of the Redis backend as plain Swift.

import NIOCore
import Synchronization

struct MemoryDeliveryQueue: DeliveryQueue {
  let queue: MemoryQueue
  let worker: String

  func heartbeat() async throws(QueueError) {
    queue.state.withLock { $0.workers[worker] = .now + queue.lifetime }
  }

  func wasHeard(since moment: ContinuousClock.Instant) -> Bool {
    queue.state.withLock { $0.workers[worker].map { $0 > .now } ?? false }
  }

  func leave() async throws(QueueError) {
    _ = queue.state.withLock { $0.workers.removeValue(forKey: worker) }
    queue.ring()
  }

  func take(limit: Int, waiting wait: Duration) async throws(QueueError) -> [Delivery] {
    await queue.look(waiting: wait) { $0.claim(limit: limit, for: worker) { $0 == nil } }
  }

  func rescue(limit: Int) async throws(QueueError) -> [Delivery] {
    queue.state.withLock { state in
      let alive = Set(state.workers.filter { $0.value > .now }.keys)
      let claimed = state.claim(limit: limit, for: worker) { holder in
        guard let holder else { return false }
        return holder != worker && !alive.contains(holder)
      }
      return claimed
    }
  }

  func begin(_ delivery: Delivery) async throws(QueueError) -> Lease? {
    queue.state.withLock { state in
      guard state.entry(of: delivery)?.holder == worker else { return nil }
      let id = ExecutionID(partition: 0, entry: delivery.entry, token: delivery.token)
      var record =
        state.records[delivery.token] ?? ExecutionRecord(id: id, workflow: delivery.workflow, state: .queued)
      record.state = .running
      record.epoch += 1
      state.records[delivery.token] = record
      return Lease(
        id: id, delivery: delivery, epoch: record.epoch, crashes: record.crashes, replied: record.reply != nil,
        checkpoint: record.fields)
    }
  }

  func checkpoint(_ lease: Lease, _ fields: [CheckpointField]) async throws(QueueError) -> Bool {
    queue.state.withLock { state in
      state.change(lease) { record in
        let paths = Set(fields.map(\.path))
        record.fields = record.fields.filter { !paths.contains($0.path) } + fields
      }
    }
  }

  func reply(_ lease: Lease, _ reply: [UInt8]) async throws(QueueError) -> Bool {
    let isOurs = queue.state.withLock { state in
      guard state.change(lease, { $0.reply = reply }) else { return false }
      state.post(lease, Settlement(state: .running, reply: reply, keep: .zero))
      return true
    }
    queue.ring()
    return isOurs
  }

  func settle(_ lease: Lease, _ settlement: Settlement) async throws(QueueError) -> Bool {
    let isOurs = queue.state.withLock { $0.settle(lease, settlement) }
    queue.ring()
    return isOurs
  }

  func handBack(_ delivery: Delivery, lease: Lease?) async throws(QueueError) -> Bool {
    let isOurs = queue.state.withLock { state in
      guard state.entry(of: delivery)?.holder == worker else { return false }
      if let lease {
        guard state.change(lease, { $0.state = .queued }) else { return false }
        state.records[delivery.token]?.epoch += 1
      }
      state.hold(delivery, by: MemoryQueue.handedBack)
      return true
    }
    queue.ring()
    return isOurs
  }
}

extension MemoryQueue.State {
  func entry(of delivery: Delivery) -> MemoryQueue.Entry? {
    entries[delivery.priority]?.first { $0.delivery.entry == delivery.entry }
  }

  mutating func hold(_ delivery: Delivery, by holder: String) {
    guard let index = entries[delivery.priority]?.firstIndex(where: { $0.delivery.entry == delivery.entry })
    else { return }
    entries[delivery.priority]?[index].holder = holder
  }

  /// Gives up to `limit` entries whose holder matches to `worker`, in order of priority and arrival.
  mutating func claim(limit: Int, for worker: String, where matches: (String?) -> Bool) -> [Delivery] {
    var claimed: [Delivery] = []
    for priority in Priority.allCases {
      for index in (entries[priority] ?? []).indices where claimed.count < limit {
        guard let entry = entries[priority]?[index], matches(entry.holder) else { continue }
        if let holder = entry.holder, holder != MemoryQueue.handedBack,
          records[entry.delivery.token]?.state == .running
        {
          records[entry.delivery.token]?.crashes += 1
        }
        entries[priority]?[index].holder = worker
        claimed.append(entry.delivery)
      }
    }
    return claimed
  }

  mutating func change(_ lease: Lease, _ change: (inout ExecutionRecord) -> Void) -> Bool {
    guard var record = records[lease.id.token], record.epoch == lease.epoch, record.state == .running else {
      return false
    }
    change(&record)
    records[lease.id.token] = record
    return true
  }

  mutating func settle(_ lease: Lease, _ settlement: Settlement) -> Bool {
    guard var record = records[lease.id.token], record.epoch == lease.epoch else { return false }
    if record.state.isFinal { return true }
    guard entry(of: lease.delivery) != nil else { return false }
    entries[lease.delivery.priority]?.removeAll { $0.delivery.entry == lease.delivery.entry }
    record.state = settlement.state
    record.message = settlement.message
    record.output = settlement.output
    record.reply = settlement.reply ?? record.reply
    let keeps = settlement.keep > .zero
    if keeps {
      record.payload = Array(lease.delivery.payload.readableBytesView)
      let paths = Set(settlement.fields.map(\.path))
      record.fields = record.fields.filter { !paths.contains($0.path) } + settlement.fields
    }
    records[lease.id.token] = keeps || lease.delivery.inbox != nil ? record : nil
    if !lease.replied { post(lease, settlement) }
    return true
  }

  mutating func post(_ lease: Lease, _ settlement: Settlement) {
    guard let inbox = lease.delivery.inbox, inboxes[inbox] != nil else { return }
    inboxes[inbox]?.append(
      QueuedReply(
        token: lease.id.token, state: settlement.state, message: settlement.message, reply: settlement.reply,
        output: settlement.reply == nil ? settlement.output : nil, isComplete: true))
  }
}
