// Ingest's side of the memory queue.

import NIOCore
import Synchronization

struct MemoryAdmissionQueue: AdmissionQueue {
  let queue: MemoryQueue
  let eventLoop: any EventLoop

  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void) {
    let admission = queue.state.withLock { $0.admit(execution, backlog: queue.backlog) }
    queue.ring()
    completion(.success(admission))
  }

  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    eventLoop.makeSucceededFuture(queue.state.withLock { $0.record(of: id) })
  }
}

extension MemoryQueue.State {
  mutating func admit(_ execution: NewExecution, backlog: Int) -> Admission {
    let now = ContinuousClock.now
    if let once = execution.conditions.deduplication, let first = first[once.name], first.until > now {
      return .duplicate(first.id)
    }
    var last = now
    if let rate = execution.conditions.rate {
      last = max(rates[rate.name] ?? now, now) + .microseconds(rate.interval)
      if last - now > rate.period { return .overRate(last - now - rate.period) }
    }
    let admission = add(execution, backlog: backlog)
    guard case .admitted(let id) = admission else { return admission }
    if let once = execution.conditions.deduplication { first[once.name] = (id, now + once.window) }
    if let rate = execution.conditions.rate { rates[rate.name] = last }
    return admission
  }

  private mutating func add(_ execution: NewExecution, backlog: Int) -> Admission {
    guard entries.values.reduce(0, { $0 + $1.count }) < backlog else { return .backlogFull }
    if execution.inbox != nil, !workers.values.contains(where: { $0 > .now }) { return .noWorker }
    sequence += 1
    let entry = EntryID(milliseconds: 1, sequence: sequence)
    let delivery = Delivery(
      priority: execution.priority, entry: entry, token: execution.token, workflow: execution.workflow,
      inbox: execution.inbox, payload: ByteBuffer(bytes: execution.payload))
    entries[execution.priority, default: []].append(MemoryQueue.Entry(delivery: delivery, holder: nil))
    return .admitted(ExecutionID(partition: 0, entry: entry, token: execution.token))
  }

  func record(of id: ExecutionID) -> ExecutionRecord? {
    if let record = records[id.token], record.state != .queued { return record.id == id ? record : nil }
    for delivery in entries.values.joined().map(\.delivery)
    where delivery.token == id.token && delivery.entry == id.entry {
      var record = records[id.token] ?? ExecutionRecord(id: id, workflow: delivery.workflow, state: .queued)
      record.payload = Array(delivery.payload.readableBytesView)
      return record
    }
    return nil
  }
}
