// What a worker does with an execution that it has begun: every write is checked against the fence.

import NIOCore

extension MemoryQueue.State {
  mutating func begin(_ delivery: Delivery, by worker: String) -> Lease? {
    guard holder(of: delivery) == worker, var record = executions[delivery.token]?.record else { return nil }
    record.state = .running
    record.epoch = record.epoch == 0 ? Int(microseconds - microseconds % 1024 + 1) : record.epoch + 1
    record.began = record.began ?? now
    executions[delivery.token]?.record = record
    return Lease(
      id: record.id, delivery: delivery, epoch: record.epoch, crashes: record.crashes, replied: record.reply != nil,
      checkpoint: record.fields, arrivals: record.arrivals,
      payload: delivery.payload ?? ByteBuffer(bytes: record.payload ?? []), now: now,
      since: record.redriven ?? Int64(clamping: record.id.entry.milliseconds))
  }

  private func isOurs(_ lease: Lease, _ states: Set<ExecutionState>) -> Bool {
    guard let record = executions[lease.id.token]?.record else { return false }
    return record.epoch == lease.epoch && states.contains(record.state)
  }

  private mutating func write(_ fields: [CheckpointField], into token: ExecutionToken) {
    for field in fields {
      executions[token]?.record.fields.removeAll { $0.path == field.path }
      executions[token]?.record.fields.append(field)
    }
  }

  mutating func checkpoint(_ lease: Lease, _ fields: [CheckpointField], callbacks: [String]) -> Bool {
    guard isOurs(lease, [.running]) else { return false }
    write(fields, into: lease.id.token)
    for callback in callbacks { executions[lease.id.token]?.callbacks[callback] = true }
    return true
  }

  mutating func close(_ lease: Lease, callback: String) -> CallbackClosing {
    guard isOurs(lease, [.running]) else { return .lost }
    if let bytes = executions[lease.id.token]?.record.arrivals[callback] { return .arrived(bytes) }
    executions[lease.id.token]?.callbacks[callback] = false
    return .closed
  }

  mutating func reply(_ lease: Lease, _ reply: [UInt8]) -> Bool {
    guard isOurs(lease, [.running]) else { return false }
    executions[lease.id.token]?.record.reply = reply
    post(lease.delivery.inbox, lease.id.token, .running, reply: reply)
    return true
  }

  mutating func settle(_ lease: Lease, _ settlement: Settlement) -> Bool {
    let token = lease.id.token
    if isOurs(lease, [.succeeded, .failed, .error, .timedOut, .canceled]) { return true }
    let item = SettleItem(lease: lease, settlement: settlement)
    let (keep, withPayload) = item.retention
    guard isOurs(lease, [.running, .queued, .waiting]),
      take(lease.delivery.entry, of: lease.delivery.priority, keepsPayload: withPayload)
    else { return false }
    if let output = settlement.output { executions[token]?.record.output = output }
    if let reply = settlement.reply { executions[token]?.record.reply = reply }
    if settlement.keep > .zero { write(settlement.fields, into: token) }
    leave(token)
    finish(token, settlement.state, keep: keep, message: settlement.message, dead: item.dead)
    if !lease.replied {
      post(
        lease.delivery.inbox, token, settlement.state, message: settlement.message, reply: settlement.reply,
        output: settlement.reply == nil ? settlement.output : nil)
    }
    return true
  }

  mutating func suspend(_ lease: Lease, _ wait: Wait) -> Bool {
    let token = lease.id.token
    if isOurs(lease, [.waiting]) { return true }
    guard isOurs(lease, [.running]), take(lease.delivery.entry, of: lease.delivery.priority) else { return false }
    write(wait.fields, into: token)
    executions[token]?.record.state = .waiting
    executions[token]?.priority = lease.delivery.priority
    if let inbox = lease.delivery.inbox { executions[token]?.inbox = inbox }
    executions[token]?.passed = 0
    leave(token, keepingOrder: true)
    if wait.callbacks.contains(where: { executions[token]?.record.arrivals[$0] != nil }) {
      enter(token)
    } else {
      executions[token]?.awaited = wait.callbacks
      due[token] = wait.until
    }
    return true
  }

  mutating func finish(
    _ token: ExecutionToken, _ state: ExecutionState, keep: Int64, message: String?, dead: DeadLetterReason? = nil
  ) {
    guard let workflow = executions[token]?.record.workflow else { return }
    let now = now
    counts[workflow, default: [:]][state, default: 0] += 1
    if keep == 0 {
      executions.removeValue(forKey: token)
      return
    }
    executions[token]?.record.state = state
    executions[token]?.record.finished = now
    if let message { executions[token]?.record.message = message }
    executions[token]?.record.dead = dead
    executions[token]?.expires = now + keep
  }

  /// Tells a caller who waits.
  mutating func post(
    _ inbox: String?, _ token: ExecutionToken, _ state: ExecutionState, message: String? = nil, reply: [UInt8]? = nil,
    output: [UInt8]? = nil
  ) {
    guard let inbox, inboxes[inbox] != nil else { return }
    let isComplete = (reply?.count ?? 0) + (output?.count ?? 0) <= InboxMessage.inlineLimit
    inboxes[inbox]?.append(
      QueuedReply(
        token: token, state: state, message: message, reply: isComplete ? reply : nil,
        output: isComplete ? output : nil, isComplete: isComplete))
  }
}
