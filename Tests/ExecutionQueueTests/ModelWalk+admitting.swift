// What the model check does from ingest's side.

import NIOCore
import ProcessSupport
import RedisClient

@testable import ExecutionQueue

extension ModelWalk {
  private static let workflows = ["flow", "second", "third"]

  private func conditions() -> AdmissionConditions {
    var conditions = AdmissionConditions()
    if chance(10) {
      conditions.deduplication = .init(name: "flow:\(below(40))", window: .milliseconds(Self.long))
    }
    if chance(10) { conditions.rate = .init(name: "flow", limit: 3, period: .milliseconds(200)) }
    return conditions
  }

  private func lanes() -> Lanes? {
    guard chance(90) else { return nil }
    return Lanes(
      order: chance(50) ? "key\(below(4))" : nil, concurrency: chance(50) ? 1 + below(3) : nil,
      spacing: chance(30) ? Int64(1 + below(30_000)) : nil, timeout: chance(30) ? .milliseconds(1 + below(300)) : nil)
  }

  func admit() {
    let batch = (0...below(3)).map { _ in
      NewExecution(
        token: token(), workflow: pick(Self.workflows), priority: pick(Priority.allCases),
        payload: Array(bytes().prefix(NewExecution.mostInEntry)), inbox: chance(30) ? "box" : nil,
        conditions: conditions())
    }
    send(.admit, batch)
  }

  func admitRecords() {
    let batch = (0...below(3)).map { _ in
      let lanes = lanes()
      return NewExecution(
        token: token(), workflow: pick(Self.workflows), priority: pick(Priority.allCases), payload: bytes(),
        inbox: chance(30) ? "box" : nil, conditions: conditions(), lanes: lanes,
        entry: lanes == nil || chance(20) ? EntryID(milliseconds: UInt64(state.now), sequence: 7) : nil)
    }
    send(.admitRecord, batch)
    // Only who has given the ids may ask again.
    if chance(20), batch.allSatisfy({ $0.entry != nil }) { send(.admitRecord, batch) }
  }

  private func send(_ script: RedisScript, _ batch: [NewExecution]) {
    let expected = batch.map { execution in
      let admission = state.admit(execution, backlog: Self.backlog)
      if case .admitted(let id) = admission { ids.append(id) }
      return Self.text(admission)
    }
    let keys = redis.keys
    let answer = redis.connection.call(script, keys: keys.streams + [keys.workers, keys.parked, keys.due]) {
      $0.append(keys.prefix)
      $0.append(Self.backlog)
      for execution in batch {
        $0.append(execution.token.description)
        $0.append(execution.workflow)
        $0.append(execution.payload)
        $0.append(execution.particulars)
        guard script == .admitRecord else { continue }
        $0.append(execution.lanes?.gates(of: execution.workflow) ?? "")
        $0.append(execution.lanes?.concurrency.map { "\($0)" } ?? "")
        $0.append(execution.entry?.description ?? "")
        $0.append(execution.lanes?.timeout.map { "\($0.milliseconds)" } ?? "")
      }
    }
    expect(script.name, of: batch.map(\.token), "[\(expected.joined(separator: ", "))]", answer)
  }

  private static func text(_ admission: Admission) -> String {
    switch admission {
    case .admitted(let id): "\(id.entry)"
    case .duplicate(let id): "DUP \(id.entry) \(id.token)"
    case .overRate(let wait): "RATE \(wait.microseconds)"
    case .backlogFull: "FULL"
    case .noWorker: "NOWORKER"
    }
  }

  func resume() {
    guard let id = ids.suffix(40).randomElement(using: &random) else { return }
    let (callback, bytes) = (pick(["1", "2"]), bytes())
    again {
      let expected = state.resume(id, callback: callback, with: bytes)
      let answer = redis.connection.call(.resume, keys: [redis.keys.record(id.token)]) {
        $0.append(redis.keys.prefix)
        $0.append(id.token.description)
        $0.append(id.entry.description)
        $0.append(callback)
        $0.append(bytes)
      }
      expect("resume", of: [id.token], expected.rawValue, answer)
    }
  }
}
