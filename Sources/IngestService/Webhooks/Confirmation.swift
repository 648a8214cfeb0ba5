// The answer that an asynchronous caller gets.

import AuditLog
import ExecutionQueue
import JSONCodec
import NIOCore
import Verification
import Workflows

/// The trigger's `response`, evaluated before the webhook is admitted: an error in it must not follow an admission.
struct Confirmation: Sendable {
  private var fixed: HTTPAnswer?
  private var hasDefaultBody = true
  private let isPreferred: Bool

  init(_ webhook: IncomingWebhook, _ scope: WebhookScope) throws {
    isPreferred = webhook.workflow.trigger.mode == .sync
    guard !isPreferred else { return }
    guard let response = webhook.workflow.trigger.response else {
      // What the sender wants to hear, if that is more than any 2xx.
      fixed = webhook.matches.lazy.compactMap(\.answer).first.map { HTTPAnswer($0) }
      fixed?.audit.outcome = .accepted
      hasDefaultBody = fixed == nil
      return
    }
    var answer = HTTPAnswer(status: response.status)
    for header in response.headers {
      answer.headers += try header.value.headerValues(scope).map { (header.name, HeaderText.cleaned($0)) }
    }
    if let body = try response.body?.evaluate(scope) {
      answer.setBody(body)
      hasDefaultBody = false
    }
    fixed = answer
  }

  func answer(id: ExecutionID, at address: String) -> HTTPAnswer {
    if isPreferred { return ExecutionOutcome.accepted(id: id, at: address).preferred }
    let name = id.description
    guard var answer = fixed else {
      var body = ByteBuffer()
      body.reserveCapacity(name.utf8.count + 18)
      body.writeStaticString("{\"executionId\":\"")
      body.writeString(name)
      body.writeStaticString("\"}")
      return HTTPAnswer(
        status: 200, headers: [("content-type", "application/json")], body: body, executionID: name)
    }
    if hasDefaultBody { answer.setBody(.object(["executionId": .string(name)])) }
    answer.executionID = name
    return answer
  }
}

extension HTTPAnswer {
  /// To a caller who asked not to wait, or not for long.
  var preferred: HTTPAnswer {
    var answer = self
    answer.headers.append(("preference-applied", "respond-async"))
    return answer
  }

  /// Text goes out as text, everything else as JSON, unless the headers say otherwise.
  mutating func setBody(_ value: JSON) {
    let isTyped = headers.contains { $0.name.lowercased() == "content-type" }
    if let text = value.stringValue {
      body = ByteBuffer(string: text)
      if !isTyped { headers.append(("content-type", "text/plain; charset=utf-8")) }
    } else {
      body = ByteBuffer(bytes: value.bytes)
      if !isTyped { headers.append(("content-type", "application/json")) }
    }
  }
}

enum HeaderText {
  /// What a template made of a caller's data cannot end a header field.
  static func cleaned(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }) else { return text }
    return String(decoding: text.utf8.map { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
  }
}
