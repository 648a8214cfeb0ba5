// `request`: calls another system over HTTP and reads its answer.

import JSONCodec
import OutboundHTTP
import ProcessSupport
import Workflows

struct RequestNode: RunnableSettings {
  static let standardTimeout = Duration.seconds(30)

  let method: String
  let url: Template
  let headers: HeaderTemplates
  let query: Template?
  let body: RequestBody?
  let authorization: RequestAuthorization?
  let connectTimeout: Duration
  let expected: StatusSet
  let redirects: Int
  let format: AnswerFormat
  let largestAnswer: Int
  let tls: OutboundRequest.TLSOptions
  let proxy: Template?

  static let type = NodeType(name: "request", schema: schema) { read(&$0) }

  func start(_ run: NodeRun) throws -> NodeStep {
    let target = try target(run.scope)
    let request = try request(to: target, run)
    return .effect { [self] services in
      let name = "\(method) \(target.shown)"
      do {
        return try result(of: try await services.send(request), named: name)
      } catch let error as OutboundError {
        throw failure(error, target.message(of: error, named: name))
      }
    }
  }

  // MARK: Before

  private func target(_ scope: ExecutionScope) throws -> RequestTarget {
    let (text, isSecret) = try scope.noticingSecrets { try url.text(scope) }
    return try RequestTarget(url: text, query: try query?.evaluate(scope) ?? .null, isSecret: isSecret)
  }

  private func request(to target: RequestTarget, _ run: NodeRun) throws -> OutboundRequest {
    var headers = try headers.evaluate(run.scope)
    let body = try body?.evaluate(run.scope) ?? .none
    if !headers.names("idempotency-key") {
      headers.append((name: "Idempotency-Key", value: "\(run.executionID):\(run.node.key)"))
    }
    return OutboundRequest(
      method: method, url: target.url, headers: headers, body: body,
      authorization: try authorization?.evaluate(run.scope), timeout: run.node.timeout ?? Self.standardTimeout,
      connectTimeout: connectTimeout, redirects: redirects, maxBody: largestAnswer, tls: tls,
      proxy: try proxy?.text(run.scope))
  }

  // MARK: After

  private func failure(_ error: OutboundError, _ message: String) -> any Error {
    switch error.kind {
    // Says nothing about the other side: this process is on its way out.
    case .closed, .canceled: Interruption.abandoned(error)
    case .invalidRequest: NodeFailure.error(message)
    case .refusedAddress, .resolve, .connect, .tls, .timeout, .tooLarge, .tooManyRedirects, .protocolViolation, .other:
      NodeFailure.failed(message, details: [("kind", .string(error.kind.rawValue))])
    }
  }

  private func result(of response: OutboundResponse, named name: String) throws -> JSON {
    let contentType = response.header("content-type")
    guard expected.contains(response.status) else {
      // An answer of the other kind is read leniently: it explains what went wrong.
      let data = try? AnswerFormat.auto.value(of: response.body, contentType: contentType)
      throw NodeFailure.failed(
        "\(name) answered \(response.status), expected \(expected.text)",
        details: [("status", .int(Int64(response.status))), ("data", data ?? .null)])
    }
    let data: JSON
    do { data = try format.value(of: response.body, contentType: contentType) } catch let failure as NodeFailure {
      throw NodeFailure.failed("\(name) answered \(response.status), but \(failure.message)")
    }
    return .object(
      JSONObject([
        ("status", .int(Int64(response.status))), ("headers", Self.headers(of: response)), ("data", data),
        ("timing", Self.timing(of: response)),
      ]))
  }

  /// Lower-case names; repeated headers are joined, as `$context.headers` has them.
  private static func headers(of response: OutboundResponse) -> JSON {
    var object = JSONObject([])
    for (name, value) in response.headers {
      let key = name.lowercased()
      object[key] = .string((object[key]?.stringValue).map { "\($0), \(value)" } ?? value)
    }
    return .object(object)
  }

  private static func timing(of response: OutboundResponse) -> JSON {
    let timing = response.timing
    return .object(
      JSONObject([
        ("dns", .double(timing.dns)), ("connect", .double(timing.connect)), ("tls", .double(timing.tls)),
        ("firstByte", .double(timing.firstByte)), ("total", .double(timing.total)),
        ("redirects", .int(Int64(timing.redirects))), ("reused", .bool(timing.reused)),
      ]))
  }
}
