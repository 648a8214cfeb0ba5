// What the request nodes of a test's workflows call: it counts every call by execution and node, and answers when the
// test says so.

import Synchronization
import TestSupport

final class CountingTarget: Sendable {
  struct Call: Sendable {
    /// Arrival order.
    let index: Int
    let at: ContinuousClock.Instant
    /// From `Idempotency-Key: <execution>:<node>`.
    let execution: String
    let node: String
    let path: String
    let body: String
  }

  private let target: HTTPTarget
  private let record: CallRecord

  /// A call is answered when `hold` returns.
  static func start(hold: @escaping @Sendable (Call) async -> Void = { _ in }) async throws -> CountingTarget {
    let record = CallRecord()
    let target = try await HTTPTarget.start { request in
      await hold(record.add(request))
      return .json(#"{"ok":true}"#)
    }
    return CountingTarget(target: target, record: record)
  }

  private init(target: HTTPTarget, record: CallRecord) {
    self.target = target
    self.record = record
  }

  var port: Int { target.port }

  /// In the order of their arrival.
  var calls: [Call] { record.all.sorted { $0.index < $1.index } }

  /// The calls of each execution, in the order of their arrival.
  var histories: [String: StepHistory] {
    Dictionary(grouping: calls, by: \.execution).mapValues { StepHistory(calls: $0) }
  }

  func calls(of execution: String, node: String) -> [Call] {
    calls.filter { $0.execution == execution && $0.node == node }
  }

  /// A workflow of request nodes `s1`, `s2`, … that each call this target.
  func steps(_ count: Int, trigger: String = "{type: webhook}") -> String {
    let nodes = (1...count).map { number in
      """
        - key: s\(number)
          type: request
          url: http://127.0.0.1:\(port)/s\(number)
          json: {n: "{{$context.data.n}}"}
      """
    }
    return "trigger: \(trigger)\nnodes:\n" + nodes.joined(separator: "\n") + "\n"
  }
}

private final class CallRecord: Sendable {
  private let calls = Mutex<[CountingTarget.Call]>([])

  var all: [CountingTarget.Call] { calls.withLock { $0 } }

  func add(_ request: HTTPTarget.Request) -> CountingTarget.Call {
    let key = (request[header: "Idempotency-Key"] ?? "").split(separator: ":", maxSplits: 1).map(String.init)
    let call = CountingTarget.Call(
      index: request.index, at: .now, execution: key.first ?? "", node: key.count == 2 ? key[1] : "",
      path: request.path, body: request.bodyText)
    calls.withLock { $0.append(call) }
    return call
  }
}
