// What operators do with executions of the memory queue, and what they and dashboards read.

import ProcessSupport
import Synchronization

extension MemoryQueue: QueueControl {
  package func cancel(
    _ id: ExecutionID, message: String, keep: Duration
  ) async throws(QueueError) -> Cancellation {
    step { $0.cancel(id, message: message, keep: keep.milliseconds) }
  }

  package func redrive(_ requests: [Redrive], onlyDead: Bool) async throws(QueueError) -> [RedriveAnswer] {
    step { state in requests.map { state.redrive($0, onlyDead: onlyDead) } }
  }
}

extension MemoryQueue: QueueInspection {
  package func depth() async throws(QueueError) -> QueueDepth {
    state.withLock { state in
      QueueDepth(
        entries: state.streams.map(\.count), inFlight: state.streams.joined().count { $0.holder != nil },
        timed: state.due.count, parked: state.parkedCount,
        dead: state.executions.values.count { $0.record.dead != nil })
    }
  }

  package func workers() async throws(QueueError) -> [WorkerRecord] {
    state.withLock { state in
      state.workers.keys.sorted().map { WorkerRecord(name: $0, isAlive: state.isAlive($0)) }
    }
  }
}

extension MemoryQueue.State {
  mutating func cancel(_ id: ExecutionID, message: String, keep: Int64) -> Cancellation {
    guard let execution = execution(id) else { return .unknown }
    let (token, state) = (id.token, execution.record.state)
    if state.isFinal { return .over(state) }
    due.removeValue(forKey: token)
    patience.removeValue(forKey: token)
    var inbox = execution.inbox
    for priority in Priority.allCases {
      guard let entry = streams[priority.rawValue].first(where: { $0.token == token }) else { continue }
      _ = take(entry.id, of: priority)
      inbox = entry.inbox ?? inbox
    }
    executions[token]?.record.epoch += 1
    executions[token]?.awaited = []
    leave(token)
    finish(token, .canceled, keep: keep, message: message)
    canceled[token] = now
    post(inbox, token, .canceled, message: message)
    return .canceled
  }

  mutating func redrive(_ request: Redrive, onlyDead: Bool) -> RedriveAnswer {
    guard var execution = execution(request.id) else { return .gone }
    // Of one that nobody has begun there is only an entry.
    if execution.record.epoch == 0, execution.record.payload == nil { return .gone }
    guard execution.record.state.isFinal else { return .active }
    guard execution.record.payload != nil else { return .gone }
    if onlyDead, execution.record.dead == nil { return .active }
    var record = execution.record
    record.state = .waiting
    record.redriven = now
    (record.finished, record.message, record.output, record.reply) = (nil, nil, nil, nil)
    (record.dead, record.crashes) = (nil, 0)
    switch request.from {
    case .failure: break
    case .beginning:
      (record.fields, record.arrivals, execution.callbacks) = ([], [:], [:])
    case .forgetting(let paths): record.fields.removeAll { paths.contains($0.path) }
    }
    execution.record = record
    (execution.inbox, execution.awaited, execution.passed, execution.isSpaced) = (nil, [], 0, false)
    execution.expires = nil
    turns += 1
    execution.turn = turns
    executions[request.id.token] = execution
    canceled.removeValue(forKey: request.id.token)
    enter(request.id.token)
    return .redriven
  }
}
