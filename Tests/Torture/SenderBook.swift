// What the senders have seen: every acknowledged webhook with its execution, everything else as counts.

import Synchronization

/// A webhook that was answered with a 2xx.
struct Acknowledged: Sendable {
  let key: ExecutionKey
  let n: UInt32
  let at: Moment
  let workflow: TortureWorkflow
}

final class SenderBook: Sendable {
  struct Counts: Sendable {
    var sent = 0
    /// Answers that are no 2xx, by status.
    var refused: [Int: Int] = [:]
    /// Connections that ended before the answer.
    var broken = 0
    /// No answer and no end of the connection, for longer than any limit allows.
    var hanging = 0
    /// Not sent, since all connections were busy.
    var heldBack = 0
    /// Synchronous answers by the status of the 2xx.
    var synchronous: [Int: Int] = [:]
    /// Synchronous answers of another's number, of another execution, or of none.
    var wrong: [String] = []
    /// A 2xx without an execution id.
    var nameless = 0
  }

  private struct State {
    /// What `order` goes by, of each webhook.
    var orders: [UInt8] = []
    var acknowledged: [Acknowledged] = []
    var counts = Counts()
  }

  private let state = Mutex(State())

  var acknowledged: [Acknowledged] { state.withLock { $0.acknowledged } }
  var acknowledgedCount: Int { state.withLock { $0.acknowledged.count } }
  var counts: Counts { state.withLock { $0.counts } }

  /// What `order` goes by, of the webhooks from number 1.
  var orders: [UInt8] { state.withLock { $0.orders } }

  func launched(_ webhook: Webhook) { state.withLock { $0.orders.append(UInt8(clamping: webhook.key)) } }

  func note(_ change: (inout Counts) -> Void) { state.withLock { change(&$0.counts) } }

  func answered(_ webhook: Webhook, status: Int, execution: String?, body: String, at moment: Moment) {
    state.withLock { state in
      guard (200..<300).contains(status) else {
        state.counts.refused[status, default: 0] += 1
        return
      }
      guard let key = execution.flatMap({ ExecutionKey($0) }) else {
        state.counts.nameless += 1
        return
      }
      if webhook.workflow == .sync {
        state.counts.synchronous[status, default: 0] += 1
        if body != Self.body(of: status, webhook, execution: execution ?? "") {
          state.counts.wrong.append("\(webhook.n) was answered \(status) \(body.prefix(60))")
        }
      }
      state.acknowledged.append(Acknowledged(key: key, n: webhook.n, at: moment, workflow: webhook.workflow))
    }
  }

  /// What a synchronous caller has to get: what its workflow says, or the promise of it.
  private static func body(of status: Int, _ webhook: Webhook, execution: String) -> String? {
    switch status {
    case 200: #"{"n":\#(webhook.n)}"#
    case 202: #"{"executionId":"\#(execution)","status":"running"}"#
    default: nil
    }
  }
}
