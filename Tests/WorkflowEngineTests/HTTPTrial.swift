// A request node against a real server.

import JSONCodec
import OutboundHTTP
import ProcessSupport
import TestSupport
import Testing
import WorkflowEngine

enum HTTPTrial {
  static let loopback = "127.0.0.0/8"
  /// One for all, as in a worker; it ends with the process.
  private static let shared = HTTPTransport(egress: EgressPolicy(allow: [AddressRange(loopback)].compactMap(\.self)))

  /// Runs the settings of one request node named `call`; `URL` in them is the server's address.
  static func run(
    _ settings: String, answering response: HTTPTarget.Response = .ok, allow: String = loopback,
    configure: (inout Trial) -> Void = { _ in }
  ) async throws -> (report: RunReport, requests: [HTTPTarget.Request]) {
    let target = try await HTTPTarget.start(answering: response)
    let transport = allow == loopback ? shared : try transport(allowing: allow)
    var trial = Trial(
      "- {key: call, type: request, " + settings.replacing("URL", with: target.url("").dropTrailingSlash) + "}")
    trial.services = WorldServices(transport: transport, scripts: ScriptTrial.runners)
    configure(&trial)
    let report = try await trial.run()
    if transport !== shared { await transport.shutdown() }
    await target.stop()
    return (report, target.requests)
  }

  /// The one request that the settings lead to.
  static func request(_ settings: String, configure: (inout Trial) -> Void = { _ in }) async throws
    -> HTTPTarget.Request
  {
    let (report, requests) = try await run(settings, configure: configure)
    #expect(report.summary == "succeeded")
    return try #require(requests.first)
  }

  static func transport(allowing range: String = loopback) throws -> HTTPTransport {
    HTTPTransport(egress: EgressPolicy(allow: [try #require(AddressRange(range))]))
  }
}

extension String {
  fileprivate var dropTrailingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
