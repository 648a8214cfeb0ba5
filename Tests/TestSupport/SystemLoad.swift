// Senders of webhooks: many kept-alive connections at a steady rate. What was answered is known afterwards, and nothing
// is sent twice.

import Synchronization

package final class SystemLoad: Sendable {
  package struct Acknowledged: Sendable {
    /// Which request it was, from 0.
    package let number: Int
    package let status: Int
    package let executionID: String
    package let milliseconds: Double
  }

  package struct Report: Sendable {
    package var acknowledged: [Acknowledged] = []
    /// Answers that are no 2xx, by status.
    package var refused: [Int: Int] = [:]
    /// Requests whose connection ended before the answer.
    package var broken = 0
    /// Attempts to connect that failed; nothing was sent.
    package var unreachable = 0

    package var sent: Int { acknowledged.count + refused.values.reduce(0, +) + broken }

    package var summary: String {
      let refusals = refused.sorted { $0.key < $1.key }.map { "\($0.key)×\($0.value)" }.joined(separator: " ")
      return "sent=\(sent) acknowledged=\(acknowledged.count) refused=[\(refusals)] broken=\(broken) "
        + "answered in ms: p50=\(milliseconds(0.5)) p99=\(milliseconds(0.99)) max=\(milliseconds(1))"
    }

    /// How long that share of the acknowledgements took at most.
    private func milliseconds(_ share: Double) -> Int {
      let sorted = acknowledged.map(\.milliseconds).sorted()
      return sorted.isEmpty ? 0 : Int(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }
  }

  private struct State {
    var next = 0
    var isStopped = false
    var report = Report()
  }

  private let state = Mutex(State())
  private let ports: [Int]
  private let perSecond: Double
  private let request: @Sendable (Int) -> SystemRequest
  private let begin = ContinuousClock.now
  private let senders = Mutex<[Task<Void, Never>]>([])

  /// The connections are spread over the ports; `request` makes the request with a number.
  package static func start(
    ports: [Int], connections: Int, perSecond: Double, request: @escaping @Sendable (Int) -> SystemRequest
  ) -> SystemLoad {
    let load = SystemLoad(ports: ports, perSecond: perSecond, request: request)
    load.senders.withLock { senders in
      senders = (0..<connections).map { number in
        Task { await load.send(to: ports[number % ports.count]) }
      }
    }
    return load
  }

  private init(ports: [Int], perSecond: Double, request: @escaping @Sendable (Int) -> SystemRequest) {
    self.ports = ports
    self.perSecond = perSecond
    self.request = request
  }

  package var acknowledgedCount: Int { state.withLock { $0.report.acknowledged.count } }
  package var report: Report { state.withLock { $0.report } }

  /// Sends nothing more and waits for the answers that are due.
  package func stop() async -> Report {
    state.withLock { $0.isStopped = true }
    for sender in senders.withLock({ $0 }) { await sender.value }
    return report
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func send(to port: Int) async {
    var connection: SystemConnection?
    while !isStopped {
      if connection?.isOpen != true { connection = try? await SystemConnection.open(port: port) }
      guard let current = connection else {
        state.withLock { $0.report.unreachable += 1 }
        try? await Task.sleep(for: .milliseconds(20))
        continue
      }
      let number = state.withLock { state in
        state.next += 1
        return state.next - 1
      }
      // The rate is part of the load: this one's turn comes when the earlier ones have had theirs.
      try? await Task.sleep(until: begin + .seconds(Double(number) / perSecond))
      if current.isOpen, await send(number, over: current) { continue }
      connection = nil
    }
  }

  /// False when the connection is of no more use.
  private func send(_ number: Int, over connection: SystemConnection) async -> Bool {
    let started = ContinuousClock.now
    do {
      let answer = try await connection.send(request(number))
      note(answer, number, after: .now - started)
      return answer[header: "connection"]?.lowercased() != "close"
    } catch {
      state.withLock { $0.report.broken += 1 }
      connection.close()
      return false
    }
  }

  private func note(_ answer: SystemAnswer, _ number: Int, after time: Duration) {
    let milliseconds = Double(time.components.seconds) * 1000 + Double(time.components.attoseconds) / 1e15
    state.withLock { state in
      if answer.isSuccess, let id = answer.executionID {
        state.report.acknowledged.append(
          Acknowledged(number: number, status: answer.status, executionID: id, milliseconds: milliseconds))
      } else {
        state.report.refused[answer.status, default: 0] += 1
      }
    }
  }
}
