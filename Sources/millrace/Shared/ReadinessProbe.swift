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
    do { response = try await get("/-/readyz") } catch {
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

  /// How many workflows ingest has read; nil when it does not say. Its metrics tell it, because a request to a webhook
  /// address would stand in its audit log.
  func workflows() async -> Int? {
    guard let response = try? await get("/-/metrics") else { return nil }
    let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
    let name = "millrace_ingest_workflows "
    return lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) }
  }

  private func get(_ path: String) async throws(OutboundError) -> OutboundResponse {
    try await transport.send(
      OutboundRequest(
        method: "GET", url: "\(scheme)://\(address.connectable)\(path)", timeout: Self.timeout, redirects: 0,
        tls: OutboundRequest.TLSOptions(verify: false)))
  }
}
