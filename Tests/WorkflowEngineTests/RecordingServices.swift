// The world outside as tests of the walk want it: answers at once, and knows what it was asked.

import OutboundHTTP
import Scripting
import Synchronization
import WorkflowEngine

final class RecordingServices: NodeServices {
  typealias Answer = @Sendable (OutboundRequest) async throws(OutboundError) -> OutboundResponse

  private let answer: Answer
  private let sent = Mutex<[OutboundRequest]>([])

  init(_ answer: @escaping Answer = { _ in OutboundResponse(status: 204) }) {
    self.answer = answer
  }

  convenience init(json: String, status: Int = 200) {
    self.init { _ in
      OutboundResponse(status: status, headers: [("content-type", "application/json")], body: Array(json.utf8))
    }
  }

  var requests: [OutboundRequest] { sent.withLock { $0 } }
  var idempotencyKeys: [String] { requests.compactMap { $0.header("Idempotency-Key") } }

  func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    throw ScriptFailure(.unavailable, "this test runs no scripts")
  }

  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    sent.withLock { $0.append(request) }
    return try await answer(request)
  }
}

extension OutboundRequest {
  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  var text: String? {
    guard case .bytes(let bytes, _) = body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
