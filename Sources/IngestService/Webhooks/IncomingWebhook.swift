// A request that has found its workflow: checked as far as its body's type allows, and ready to be kept.

import Catalog
import ExecutionQueue
import JSONCodec
import NIOCore
import NIOHTTP1
import ProcessSupport
import Verification
import Workflows

/// What a webhook is made of, beside its head.
struct WebhookParts {
  let entry: CatalogEntry
  let workflow: Workflow
  let parameters: [(name: String, value: String)]
  /// Decrypted, if the sender encrypts.
  var body: [UInt8]
  var contentType: String?
  /// What is known of its sender.
  var matches: [Match] = []
}

/// A class, because it travels through several closures.
final class IncomingWebhook: Sendable {
  let request: IncomingRequest
  let entry: CatalogEntry
  let workflow: Workflow
  let matches: [Match]
  private let parameters: [(name: String, value: String)]
  private let query: JSON
  private let body: [UInt8]
  private let contentType: String?
  private let receivedAt: Int64

  /// Throws `Problem` for what the sender did wrong.
  init(_ request: IncomingRequest, _ parts: consuming WebhookParts) throws {
    self.request = request
    entry = parts.entry
    workflow = parts.workflow
    matches = parts.matches
    parameters = parts.parameters
    body = parts.body
    contentType = parts.contentType
    receivedAt = WallClock.milliseconds
    do { query = request.query.isEmpty ? .object([:]) : try QueryString.parse(request.query) } catch {
      throw Problem.malformed("The query string cannot be read: \(error)")
    }
    do {
      // Clients give a content type to requests that never have a body, too.
      try WebhookRequest.checkBody(
        body, contentType: contentType, kind: workflow.trigger.bodyKind,
        mayBeEmpty: !request.wantsBody)
    } catch {
      throw Problem.malformed("The body cannot be read: \(error)")
    }
  }

  func execution(
    token: ExecutionToken, inbox: String?, priority: ExecutionQueue.Priority, conditions: AdmissionConditions,
    lanes: Lanes?
  ) -> NewExecution {
    NewExecution(
      token: token, workflow: workflow.key, priority: priority, payload: encoded(), inbox: inbox,
      conditions: conditions, lanes: lanes)
  }

  private func encoded() -> [UInt8] {
    var envelope = WebhookEnvelope(
      workflow: entry.key, version: entry.version, receivedAt: receivedAt, method: request.method, path: request.path,
      clientAddress: request.clientAddress)
    envelope.add("query", query)
    if request.facts.hasDistinctNames {
      envelope.beginObject("headers")
      for (name, value) in request.headers { envelope.addMember(name, value, lowercasingName: true) }
      envelope.endObject()
    } else {
      envelope.add("headers", .object(request.headers.asJSON))
    }
    envelope.beginObject("params")
    for (name, value) in parameters { envelope.addMember(name, value) }
    envelope.endObject()
    return envelope.finished(
      contentType: contentType, bodyKind: workflow.trigger.bodyKind, body: body)
  }

  /// As templates of the trigger see it.
  var asStored: WebhookRequest {
    WebhookRequest(
      workflow: entry.key, version: entry.version, receivedAt: receivedAt, method: request.method, path: request.path,
      clientAddress: request.clientAddress, query: query, headers: .object(request.headers.asJSON),
      params: .object(JSONObject(parameters.map { ($0.name, .string($0.value)) })),
      contentType: contentType,
      bodyKind: workflow.trigger.bodyKind, body: body)
  }

}

extension HTTPHeaders {
  /// Lower-case names; repeated fields joined as RFC 9110 5.3 says, cookies as RFC 6265 does.
  var asJSON: JSONObject {
    var members: [(key: String, value: JSON)] = []
    members.reserveCapacity(count)
    for (name, value) in self {
      let name = name.utf8.contains { (0x41...0x5a).contains($0) } ? name.lowercased() : name
      if let index = members.firstIndex(where: { $0.key == name }), let before = members[index].value.stringValue {
        members[index].value = .string(before + (name == "cookie" ? "; " : ", ") + value)
      } else {
        members.append((name, .string(value)))
      }
    }
    return JSONObject(distinct: members)
  }
}
