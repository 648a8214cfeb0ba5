// What nodes may use of the world outside. The transport is the real one; tests pass others.

package import OutboundHTTP

package protocol NodeServices: Sendable {
  /// Aborts the transfer when the task is cancelled.
  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse
}

extension HTTPTransport: NodeServices {}
