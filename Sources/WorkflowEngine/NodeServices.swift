// What nodes may use of the world outside. The transport is the real one; tests pass others.

package import OutboundHTTP
package import Scripting

package protocol NodeServices: Sendable {
  /// Aborts the transfer when the task is cancelled.
  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse
  /// Ends the scripts when the task is cancelled.
  func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome
}

/// The real ones.
package struct WorldServices: NodeServices {
  private let transport: HTTPTransport
  private let scripts: ScriptRunners

  package init(transport: HTTPTransport, scripts: ScriptRunners) {
    self.transport = transport
    self.scripts = scripts
  }

  package func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    try await transport.send(request)
  }

  package func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    try await scripts.run(call)
  }
}
