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
  let pace: RequestPace?

  static let type = NodeType(name: "request", schema: schema) { read(&$0) }

  func start(_ run: NodeRun) throws -> NodeStep {
    let target = try target(run.scope)
    let request = try request(to: target, run)
    let effect = NodeStep.effect { [self] services in
      let name = "\(method) \(target.shown)"
      do {
        return try result(of: try await services.send(request), named: name)
      } catch let error as OutboundError {
        throw failure(error, target.message(of: error, named: name))
      }
    }
    guard let pace else { return effect }
    return .paced(Pace(name: try pace.name(for: target, run.scope), spacing: pace.throttle.spacing), effect)
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
      headers.append((name: "Idempotency-Key", value: Self.idempotencyKey(run)))
    }
    return OutboundRequest(
      method: method, url: target.url, headers: headers, body: body,
      authorization: try authorization?.evaluate(run.scope), timeout: run.node.timeout ?? Self.standardTimeout,
      connectTimeout: connectTimeout, redirects: redirects, maxBody: largestAnswer, tls: tls,
      proxy: try proxy?.text(run.scope))
  }

  private static func idempotencyKey(_ run: NodeRun) -> String {
    "\(run.executionID):\(run.node.key)" + (run.item.map { ":\($0)" } ?? "")
  }

  // MARK: After

  private func failure(_ error: OutboundError, _ message: String) -> any Error {
    let failure = NodeFailure.failed(message, details: [("kind", .string(error.kind.rawValue))])
    return switch error.kind {
    // Says nothing about the other side: this process is on its way out.
    case .closed, .canceled: Interruption.abandoned(error)
    // The walk asks again whether it may, or waits a little, and sends it then.
    case .notStarted, .lacking: error
    case .invalidRequest: NodeFailure.error(message)
    case .refusedAddress, .tooLarge, .tooManyRedirects: error.mayHaveBeenSent ? failure.uncertain() : failure
    case .resolve, .connect, .tls, .timeout, .protocolViolation, .other:
      failure.temporary(isUncertain: error.mayHaveBeenSent)
    }
  }

  private func result(of response: OutboundResponse, named name: String) throws -> JSON {
    let contentType = response.header("content-type")
    guard expected.contains(response.status) else {
      // An answer of the other kind is read leniently: it explains what went wrong.
      let data = try? AnswerFormat.auto.value(of: response.body, contentType: contentType)
      var failure = NodeFailure.failed(
        "\(name) answered \(response.status), expected \(expected.text)",
        details: [("status", .int(Int64(response.status))), ("data", data ?? .null)])
      failure.isTemporary = Self.isTemporary(response.status)
      // Also for what the workflow tries again although it will stay.
      failure.retryAfter = response.header("retry-after").flatMap {
        RetryAfter.duration($0, now: WallClock.milliseconds)
      }
      throw failure
    }
    let data: JSON
    do { data = try format.value(of: response.body, contentType: contentType) } catch let failure as NodeFailure {
      throw NodeFailure.failed("\(name) answered \(response.status), but \(failure.message)").uncertain()
    }
    return .object(
      JSONObject([
        ("status", .int(Int64(response.status))), ("headers", Self.headers(of: response)), ("data", data),
        ("timing", Self.timing(of: response)),
      ]))
  }

  /// Too early, too often, too busy: the same request may be answered later.
  private static func isTemporary(_ status: Int) -> Bool {
    [408, 425, 429].contains(status) || (500...599).contains(status)
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
