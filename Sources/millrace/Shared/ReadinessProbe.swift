// Asks one of Millrace's processes whether it is ready.

import JSONCodec
import OutboundHTTP
import ProcessSupport

struct ReadinessProbe: Sendable {
  enum Answer: Sendable, Equatable {
    case ready
    case notReady(String)
    /// Something listens there that does not answer as Millrace does.
    case stranger(String)
    case nobody
  }

  let address: ListenAddress
  let transport: HTTPTransport
  /// `https` is asked whatever its certificate: this machine's own process is not called by the certificate's name.
  var scheme = "http"

  private static let timeout: Duration = .seconds(3)

  func look() async -> Answer {
    let response: OutboundResponse
    do { response = try await get("GET", "/-/readyz") } catch {
      return error.kind == .connect ? .nobody : .stranger(error.message)
    }
    let document = try? JSON.parse(response.body)
    if response.status == 200, document?["ready"]?.boolValue == true { return .ready }
    let problems = document?["problems"]?.elements ?? []
    guard response.status == 503, !problems.isEmpty else {
      return .stranger("/-/readyz answers \(response.status)")
    }
    return .notReady(
      problems.map { "\($0["check"]?.stringValue ?? ""): \($0["problem"]?.stringValue ?? "")" }.joined(separator: "; "))
  }

  /// Whether ingest has read the workflows: it refuses the method of one that it knows, and not that it knows none.
  func knows(workflow key: String) async -> Bool {
    (try? await get("OPTIONS", "/api/webhooks/\(key)"))?.status == 405
  }

  private func get(_ method: String, _ path: String) async throws(OutboundError) -> OutboundResponse {
    try await transport.send(
      OutboundRequest(
        method: method, url: "\(scheme)://\(address.connectable)\(path)", timeout: Self.timeout, redirects: 0,
        tls: OutboundRequest.TLSOptions(verify: false)))
  }
}
