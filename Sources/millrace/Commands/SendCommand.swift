// `millrace send`: a test webhook to a running ingest.

import ArgumentParser
import FoundationEssentials
import OutboundHTTP
import ProcessSupport
import Verification

struct SendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Send a test webhook to a workflow.",
    discussion: "Ends with 0 for an answer of 2xx, 1 for any other, 69 when nobody answers.")

  @Argument(help: "The workflow's key.")
  var key: String

  @OptionGroup var request: RequestOptions

  @OptionGroup var sender: SenderOptions

  @Option(
    help: ArgumentHelp(
      "The request's path, for workflows that have one of their own; by default that of the key.", valueName: "/path"))
  var path: String?

  @Option(
    help: ArgumentHelp("Where ingest is; by default what MILLRACE_LISTEN says.", valueName: "http://host:port"))
  var url: String?

  func validate() throws {
    if let path, !path.hasPrefix("/") { throw ValidationError("--path '\(path)': a path begins with /") }
  }

  func run() async throws {
    let settings = try CommandSettings().settings
    let base = url ?? "\(settings.ingestScheme)://\(settings.listen.connectable)"
    let transport = HTTPTransport(egress: .everywhere)
    let outcome = await Self.send(try outbound(to: base, known: settings.publicURL), over: transport)
    await transport.shutdown()
    let response = try outcome.get()
    Self.print(response)
    guard (200..<300).contains(response.status) else { throw CommandFailure.silent(ExitCode.failure) }
  }

  private func outbound(to base: String, known publicURL: String?) throws(CommandFailure) -> OutboundRequest {
    let body = try request.body()
    let root = base.hasSuffix("/") ? String(base.dropLast()) : base
    let plain = OutgoingRequest(
      method: request.method?.uppercased() ?? "POST", publicURL: publicURL ?? root,
      path: path ?? "/api/webhooks/\(key)",
      query: request.query ?? "", headers: HeaderList(request.headers(for: body).map { ($0.name, $0.value) }),
      body: body, now: Int64(Date().timeIntervalSince1970 * 1000), id: sender.id ?? UUID().uuidString.lowercased(),
      event: sender.event)
    let signed = try sender.sign(plain)
    let query = signed.query.isEmpty ? "" : "?\(signed.query)"
    return OutboundRequest(
      method: signed.method, url: "\(root)\(signed.path)\(query)",
      headers: signed.headers.fields.map { ($0.name, $0.value) },
      body: signed.body.isEmpty ? .none : .bytes(signed.body, contentType: nil), timeout: .seconds(90), redirects: 0,
      maxBody: 64 << 20,
      // The address of this machine's own ingest is not what its certificate is for.
      tls: OutboundRequest.TLSOptions(verify: url != nil))
  }

  private static func send(
    _ request: OutboundRequest, over transport: HTTPTransport
  ) async -> Result<OutboundResponse, CommandFailure> {
    do {
      return .success(try await transport.send(request))
    } catch {
      let isWrong = error.kind == .invalidRequest
      let hint = error.kind == .connect ? "; is ingest running there? --url names another place" : ""
      return .failure(
        CommandFailure("\(error.message)\(hint)", code: isWrong ? ExitCode.usage : ExitCode.unavailable))
    }
  }

  private static func print(_ response: OutboundResponse) {
    var facts = FactList()
    facts.add("status", "\(response.status)")
    facts.add("execution", response.header("millrace-execution-id"))
    facts.add("time", "\(Int(response.timing.total.rounded())) ms")
    Terminal.print(facts.text)
    if !response.body.isEmpty { Terminal.print(RunReportText.body(response.body)) }
  }
}
