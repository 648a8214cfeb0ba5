// The door through which workflows' requests leave: one thread with libcurl carries all of them.

import Executors

/// Sends requests, thousands at once, over kept connections. Ends with `shutdown()`; a transport that is let go of
/// without it closes its connections and ends its thread too.
package actor HTTPTransport {
  private nonisolated let executor: PollingExecutor
  private let egress: EgressPolicy
  /// nil after the shutdown.
  private var transfers: TransferSet?
  private var lastID: UInt64 = 0

  /// `maximumConnectionsPerHost`: further requests to the host wait for a free one, within their timeout.
  /// `maximumIdleConnections`: how many connections to all hosts are kept for later requests. `descriptors`: how many
  /// files all of it may have open; further requests wait too.
  package init(
    egress: EgressPolicy, maximumConnectionsPerHost: Int = 1_024, maximumIdleConnections: Int = 1_024,
    descriptors: Int = 65_536
  ) {
    self.egress = egress
    executor = PollingExecutor(name: "millrace-http")
    // A request may need its connection and two descriptors of a lookup, beside a connection that is kept.
    let atOnce = max(1, descriptors / 4)
    transfers = TransferSet(
      executor: executor, atOnce: atOnce, connectionsPerHost: maximumConnectionsPerHost,
      idleConnections: min(maximumIdleConnections, atOnce))
  }

  isolated deinit {
    // No request is running: each would keep the transport alive.
    transfers = nil
    executor.stop()
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Sends the request and collects the answer; an answer of any status is a success here. Cancelling the task breaks
  /// the transfer off at once.
  package func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    let checked = try CheckedRequest(request)
    guard let transfers else { throw Self.closed(checked) }
    guard !Task.isCancelled else { throw Self.canceled(checked) }
    lastID += 1
    let id = lastID
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfers.start(Order(id: id, checked: checked, egress: egress, completion: continuation))
      }
    } onCancel: {
      // Runs after `start`, even if the task was cancelled before: both are jobs of this actor.
      Task { await self.cancel(id, checked) }
    }
    return try outcome.get()
  }

  /// Fails what is running, with the kind `closed`, closes all connections and ends the thread. Later requests fail
  /// the same way.
  package nonisolated func shutdown() async {
    await close()
    executor.shutdown()
  }

  private func cancel(_ id: UInt64, _ checked: CheckedRequest) {
    transfers?.abort(id, Self.canceled(checked))
  }

  private func close() {
    transfers?.failAll(OutboundError(kind: .closed, message: "the request was given up: this process is shutting down"))
    transfers = nil
  }

  private static func canceled(_ checked: CheckedRequest) -> OutboundError {
    OutboundError(kind: .canceled, message: "\(subject(checked)): cancelled before there was an answer")
  }

  private static func closed(_ checked: CheckedRequest) -> OutboundError {
    OutboundError(kind: .closed, message: "\(subject(checked)): not sent, as this process is shutting down")
  }

  private static func subject(_ checked: CheckedRequest) -> String {
    "\(checked.request.method) \(RequestURL.shown(checked.url.text))"
  }
}
