// Ingest's side of the memory queue.

import NIOCore
import ProcessSupport
import Synchronization

struct MemoryAdmissionQueue: AdmissionQueue {
  let queue: MemoryQueue
  let eventLoop: any EventLoop
  let isAway = false

  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void) {
    completion(.success(queue.step { $0.admit(execution, backlog: queue.backlog) }))
  }

  func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption> {
    eventLoop.makeSucceededFuture(queue.step { $0.resume(id, callback: callback, with: bytes) })
  }

  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    eventLoop.makeSucceededFuture(queue.state.withLock { $0.record(of: id) })
  }
}

extension MemoryQueue.State {
  private static let day: Int64 = 86_400_000_000

  mutating func admit(_ new: NewExecution, backlog: Int) -> Admission {
    let now = microseconds
    func first(_ name: String) -> ExecutionID? { names[name].flatMap { $0.until > now ? $0.id : nil } }
    let own = "#\(new.token)"
    if new.entry != nil, let id = first(own) { return .duplicate(id) }
    if let once = new.conditions.deduplication, let id = first(once.name) { return .duplicate(id) }
    var last = now
    if let rate = new.conditions.rate {
      last = max(rates[rate.name] ?? now, now) + rate.interval
      let excess = last - now - rate.period.microseconds
      if excess > 0 { return .overRate(.microseconds(excess)) }
    }
    guard streams.reduce(due.count + parkedCount, { $0 + $1.count }) < backlog else { return .backlogFull }
    if new.inbox != nil, !workers.keys.contains(where: isAlive) { return .noWorker }
    let id = add(new)
    if let once = new.conditions.deduplication { names[once.name] = (id, now + once.window.microseconds) }
    if let rate = new.conditions.rate { rates[rate.name] = last }
    if new.entry != nil { names[own] = (id, now + Self.day) }
    return .admitted(id)
  }

  private mutating func add(_ new: NewExecution) -> ExecutionID {
    let isPlain = !new.needsRecord
    let entry = isPlain ? nextEntry() : new.entry ?? EntryID(milliseconds: UInt64(now), sequence: 0)
    let id = ExecutionID(partition: 0, entry: entry, token: new.token)
    var execution = MemoryQueue.Execution(
      record: ExecutionRecord(id: id, workflow: new.workflow, state: isPlain ? .queued : .waiting),
      priority: new.priority)
    if isPlain {
      executions[new.token] = execution
      streams[new.priority.rawValue].append(
        MemoryQueue.Entry(id: entry, token: new.token, inbox: new.inbox, payload: new.payload))
      return id
    }
    turns += 1
    execution.record.payload = new.payload
    execution.inbox = new.inbox
    execution.gates = MemoryQueue.Gate.list(new.lanes, of: new.workflow)
    execution.turn = turns
    execution.timeout = new.lanes?.timeout?.milliseconds
    executions[new.token] = execution
    if let limit = new.lanes?.concurrency {
      limits[Lanes.name(of: new.workflow)] = limits[Lanes.name(of: new.workflow)] ?? limit
    }
    enter(new.token)
    return id
  }

  mutating func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> Resumption {
    guard let execution = execution(id), let isOpen = execution.callbacks[callback] else { return .unknown }
    if execution.record.arrivals[callback] != nil { return .again }
    if !isOpen || execution.record.state.isFinal { return .over }
    executions[id.token]?.record.arrivals[callback] = bytes
    if execution.record.state == .waiting, execution.awaited.contains(callback) {
      executions[id.token]?.awaited = []
      due.removeValue(forKey: id.token)
      enter(id.token)
    }
    return .resumed
  }
}
