// Who sent a webhook, and whether it was here before.

import AuditLog
import Catalog
import ExecutionQueue
import JSONCodec
import JSONValidation
import Logging
import NIOCore
package import NIOHTTP1
import ProcessSupport
package import Verification
import WebhookChecks
import Workflows

extension WebhookRoute {
  /// Asks every sender's check. Gives the answer to a sender's question about this address; nil for an event, whose
  /// parts may have been decrypted. Throws `Problem`.
  func verify(
    _ request: IncomingRequest, _ parts: inout WebhookParts, _ checks: WebhookChecks
  ) throws -> HandshakeReply? {
    let key = parts.entry.key
    let made = checks.verifiers(environment, keys: senderKeys) { message in
      logger.error("webhooks cannot be verified", metadata: ["workflow": "\(key)", "problem": "\(message)"])
    }
    guard case .ready(let verifiers) = made else { throw Problem.unverifiable }
    let question = VerificationRequest(
      method: request.method, path: request.path, query: request.query, publicURL: address.isEmpty ? nil : address,
      headers: request.headers, body: parts.body, now: WallClock.milliseconds,
      isDiagnosed: brakes.isCalm(request.clientAddress, now: eventLoop.now))
    for verifier in verifiers {
      switch verifier.verify(question) {
      case .handshake(let reply):
        metrics.handshakes.increment()
        if let url = reply.followUp { senderKeys.visit(url) }
        if let note = reply.note { logger.notice("a sender asks", metadata: ["note": "\(note)"]) }
        return reply
      case .refused(let refusal):
        metrics.unverified.increment()
        if case .unknownKey(let url?) = refusal.reason { senderKeys.renew(url) }
        brakes.refused(request.clientAddress, now: eventLoop.now)
        throw Problem.unverified(refusal)
      case .accepted(let match):
        if let plaintext = match.plaintext {
          parts.body = plaintext
          parts.contentType = match.plaintextType ?? parts.contentType
        }
        parts.matches.append(match)
        let secret = match.secretID.map { ", secret \($0)" } ?? ""
        request.audit.verified = (request.audit.verified.map { "\($0); " } ?? "") + verifier.provider.name + secret
      }
    }
    brakes.accepted(request.clientAddress)
    guard parts.workflow.trigger.methods.contains(request.method) else {
      throw Problem.methodNotAllowed(parts.workflow.trigger.methods)
    }
    return nil
  }
}

extension IncomingWebhook {
  /// Throws `Problem` with the places that do not fit.
  func checkSchema(_ scope: WebhookScope) throws {
    guard let schema = (workflow.trigger.checks as? WebhookChecks)?.schema?.schema else { return }
    let data: JSON
    do { data = try scope.value(of: .context("data")) ?? .null } catch {
      throw Problem.malformed("The body cannot be read: \(error)")
    }
    let failures = schema.failures(of: data)
    if !failures.isEmpty { throw Problem.unfit(failures) }
  }

  /// What the queue is to decide at the admission.
  func conditions(_ scope: WebhookScope) throws -> AdmissionConditions {
    guard let checks = workflow.trigger.checks as? WebhookChecks else { return AdmissionConditions() }
    var conditions = AdmissionConditions()
    switch checks.deduplication {
    case .off: break
    case .automatic:
      for match in matches {
        guard let id = match.dedupeKey else { continue }
        conditions.deduplication = .init(
          name: KeyName.of(workflow.key, id), window: .seconds(max(60, match.retryWindow)))
        break
      }
    case .by(let template, let window):
      let id: String
      do { id = try template.text(scope) } catch {
        throw Problem.malformed("What makes this webhook the same as another cannot be told: \(error)")
      }
      try Self.refuseUnreadable(id, as: "makes this webhook the same as another")
      if !id.isEmpty { conditions.deduplication = .init(name: KeyName.of(workflow.key, id), window: window) }
    }
    if let rate = checks.rate {
      let name = rate.subject == .client ? KeyName.of(workflow.key, request.clientAddress) : workflow.key
      conditions.rate = .init(name: name, limit: rate.limit, period: rate.period)
    }
    return conditions
  }
}

extension IncomingWebhook {
  /// What the execution has to pass before it may run.
  func lanes(_ scope: WebhookScope) throws -> Lanes? {
    guard workflow.concurrency != nil || workflow.order != nil || workflow.throttle != nil else { return nil }
    var lanes = Lanes(
      concurrency: workflow.concurrency, spacing: workflow.throttle?.spacing, timeout: workflow.timeout)
    if let template = workflow.order {
      let value: String
      do { value = try template.text(scope) } catch {
        throw Problem.malformed("The order of this webhook cannot be told: \(error)", check: .template)
      }
      try Self.refuseUnreadable(value, as: "orders this webhook")
      if !value.isEmpty { lanes.order = KeyName.of(workflow.key, value) }
    }
    return lanes
  }

  /// Bytes that are no text have become U+FFFD by now, so that two different values may look the same.
  private static func refuseUnreadable(_ value: String, as role: String) throws {
    guard value.unicodeScalars.contains("\u{FFFD}") else { return }
    throw Problem.malformed("What \(role), \"\(value)\", has bytes that are no UTF-8.", check: .template)
  }
}

extension HTTPHeaders: RequestHeaders {
  package func value(of name: String) -> HeaderValue {
    var found = HeaderValue.missing
    for field in self where field.name.hasSameLetters(as: name) {
      switch found {
      case .missing: found = .one(field.value)
      case .one(let first): found = .repeated([first, field.value])
      case .repeated(let all): found = .repeated(all + [field.value])
      }
    }
    return found
  }
}

extension HTTPAnswer {
  init(_ reply: HandshakeReply) {
    self.init(
      status: reply.status, headers: reply.headers.fields.map { ($0.name, HeaderText.cleaned($0.value)) },
      body: ByteBuffer(bytes: reply.body))
    audit.outcome = .handshake
  }

  /// The answer to a webhook that was here before.
  var replayed: HTTPAnswer {
    var answer = self
    answer.headers.append(("idempotent-replayed", "true"))
    answer.audit.outcome = .duplicate
    return answer
  }
}

extension Refusal {
  /// For the audit log: the reason, how far a clock is off, and what the request looks as if it went through.
  fileprivate var why: String {
    let skew: String
    switch reason {
    case .staleTimestamp(let seconds), .futureTimestamp(let seconds): skew = " by \(seconds) s"
    default: skew = ""
    }
    return code + skew + (diagnosis.map { ": \($0)" } ?? "")
  }
}

extension Problem {
  static let unverifiable = Problem(
    status: 503, name: .verificationUnavailable, title: "Webhooks cannot be verified",
    detail: "This server cannot check who sends to this workflow; its log says why.", headers: ["retry-after": "30"],
    check: .signature)

  /// Without anything that would help a forger.
  static func unverified(_ refusal: Refusal) -> Problem {
    if refusal.status == 503 { return unverifiable }
    return Problem(
      status: refusal.status, name: .notVerified, title: "Not verified", detail: refusal.detail,
      headers: refusal.status == 401 ? ["www-authenticate": "Webhook"] : [:],
      check: .signature, why: refusal.why, members: ["reason": .string(refusal.code)])
  }

  static func unfit(_ failures: [SchemaFailure]) -> Problem {
    Problem(
      status: 422, name: .schemaMismatch, title: "The data does not fit",
      detail: "The data does not have the form that this workflow asks for; \"errors\" has the places.", check: .schema,
      members: [
        "errors": .array(
          failures.map { ["pointer": .string($0.instancePointer), "message": .string($0.message)] })
      ])
  }

  static func overRate(_ wait: TimeAmount) -> Problem {
    let seconds = max(1, (wait.nanoseconds + 999_999_999) / 1_000_000_000)
    return Problem(
      status: 429, name: .overRate, title: "Too many requests",
      detail: "More webhooks come than this workflow accepts; send it again later.",
      headers: ["retry-after": String(seconds)], check: .rate)
  }
}
