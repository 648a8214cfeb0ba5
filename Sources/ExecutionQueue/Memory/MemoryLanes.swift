// How executions of the memory queue pass their gates: lanes and throttles, from left to right, into a stream.

extension MemoryQueue.State {
  private static let mostAtOnce = 100

  /// Lets an execution pass gates until it has to wait or is in its stream.
  mutating func enter(_ token: ExecutionToken) {
    while let execution = executions[token], execution.passed < execution.gates.count {
      switch execution.gates[execution.passed] {
      case .lane(let name):
        if !canPass(token, name) { return }
        executions[token]?.passed += 1
      case .pace(let name, let spacing):
        executions[token]?.passed += 1
        if !execution.isSpaced, isEarly(token, for: name, spacing: spacing) { return }
      }
    }
    guard let execution = executions[token] else { return }
    let crashes = execution.record.crashes
    streams[execution.priority.rawValue].append(
      MemoryQueue.Entry(
        id: nextEntry(), token: token, inbox: execution.inbox, origin: execution.record.id.entry,
        crashes: crashes >= 2 ? crashes : 0))
    executions[token]?.record.state = .queued
  }

  private mutating func canPass(_ token: ExecutionToken, _ name: String) -> Bool {
    var lane = lanes[name] ?? MemoryQueue.Lane()
    if lane.held.contains(token) { return true }
    if lane.parked.isEmpty, lane.held.count < limit(name) {
      lane.held.insert(token)
      lanes[name] = lane
      return true
    }
    let turn = executions[token]?.turn ?? 0
    let place = lane.parked.firstIndex { (executions[$0]?.turn ?? 0) > turn } ?? lane.parked.endIndex
    lane.parked.insert(token, at: place)
    lanes[name] = lane
    executions[token]?.record.state = .waiting
    if let end = end(of: token) { patience[token] = end }
    fill(name)
    return false
  }

  /// When its time is over.
  private func end(of token: ExecutionToken) -> Int64? {
    guard let execution = executions[token], let timeout = execution.timeout else { return nil }
    return (execution.record.redriven ?? Int64(clamping: execution.record.id.entry.milliseconds)) + timeout
  }

  private mutating func isEarly(_ token: ExecutionToken, for name: String, spacing: Int64) -> Bool {
    executions[token]?.isSpaced = true
    let start = reserve(name, spacing: spacing)
    guard start > microseconds else { return false }
    executions[token]?.record.state = .waiting
    due[token] = min((start + 999) / 1000, end(of: token) ?? .max)
    return true
  }

  /// The next moment of a sequence, in microseconds.
  mutating func reserve(_ name: String, spacing: Int64) -> Int64 {
    let start = max((rates[name] ?? 0) + spacing, microseconds)
    rates[name] = start
    return start
  }

  /// In an order's lane there is room for one.
  private func limit(_ lane: String) -> Int { lane.hasPrefix("o:") ? 1 : limits[lane] ?? .max }

  /// Lets in those that find room.
  private mutating func fill(_ name: String) {
    for _ in 0..<Self.mostAtOnce {
      guard let lane = lanes[name], lane.held.count < limit(name), let first = lane.parked.first else { return }
      lanes[name]?.parked.removeFirst()
      patience.removeValue(forKey: first)
      lanes[name]?.held.insert(first)
      executions[first]?.passed += 1
      enter(first)
    }
  }

  /// Frees its places, or gives up waiting for one.
  mutating func leave(_ token: ExecutionToken, keepingOrder: Bool = false) {
    var freed: [String] = []
    for case .lane(let name) in executions[token]?.gates ?? [] where !(keepingOrder && name.hasPrefix("o:")) {
      if lanes[name]?.held.remove(token) != nil { freed.append(name) }
      if lanes[name]?.parked.contains(token) == true {
        lanes[name]?.parked.removeAll { $0 == token }
        patience.removeValue(forKey: token)
      }
    }
    // Only now, or it might be let in itself.
    for name in freed {
      fill(name)
      if let lane = lanes[name], lane.held.isEmpty, lane.parked.isEmpty { lanes.removeValue(forKey: name) }
    }
  }

  mutating func tendLanes(_ concurrency: [String: Int?]) {
    let named = Dictionary(uniqueKeysWithValues: concurrency.map { (Lanes.name(of: $0), $1) })
    for case (let name, let limit?) in named { limits[name] = limit }
    for name in limits.keys.sorted() {
      if named[name] == nil { limits.removeValue(forKey: name) }
      fill(name)
    }
    canceled = canceled.filter { $0.value > now - Self.minute }
  }

  private static let minute: Int64 = 60_000

  // MARK: Waiting for a moment

  mutating func promote(limit: Int) -> (count: Int, next: Int64?) {
    let ready = Self.first(limit, of: due, until: now)
    for token in ready {
      due.removeValue(forKey: token)
      executions[token]?.awaited = []
      enter(token)
    }
    let late = Self.first(limit - ready.count, of: patience, until: now)
    for token in late {
      let gates = executions[token]?.gates ?? []
      for case .lane(let name) in gates { lanes[name]?.parked.removeAll { $0 == token } }
      patience.removeValue(forKey: token)
      executions[token]?.passed = gates.count
      enter(token)
    }
    let next = [due.values.min(), patience.values.min()].compactMap(\.self).min()
    return (ready.count + late.count, next.map { max(0, $0 - now) })
  }

  private static func first(_ limit: Int, of waiting: [ExecutionToken: Int64], until now: Int64) -> [ExecutionToken] {
    waiting.filter { $0.value <= now }.sorted { ($0.value, $0.key.description) < ($1.value, $1.key.description) }
      .prefix(limit).map(\.key)
  }
}
