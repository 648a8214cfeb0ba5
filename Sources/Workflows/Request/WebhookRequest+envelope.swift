// How a request is read from the queue and written to it; `WebhookEnvelope` has the format.

import JSONCodec

package struct WebhookRequestError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String

  package var description: String { message }
}

extension WebhookRequest {
  package func encoded() -> [UInt8] {
    var envelope = WebhookEnvelope(
      workflow: workflow, version: version, receivedAt: receivedAt, method: method, path: path,
      clientAddress: clientAddress)
    envelope.add("query", query)
    envelope.add("headers", headers)
    envelope.add("params", params)
    return envelope.finished(contentType: contentType, bodyKind: bodyKind, body: body)
  }

  package init(decoding bytes: [UInt8]) throws(WebhookRequestError) {
    guard bytes.count >= WebhookEnvelope.prefix else {
      throw WebhookRequestError(message: "a stored webhook is cut short: \(bytes.count) bytes")
    }
    guard bytes[0] == WebhookEnvelope.formatVersion else {
      throw WebhookRequestError(
        message:
          "a stored webhook has format \(bytes[0]); this version of Millrace reads format \(WebhookEnvelope.formatVersion)"
      )
    }
    let length = bytes[1..<WebhookEnvelope.prefix].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count - WebhookEnvelope.prefix >= length else {
      throw WebhookRequestError(message: "a stored webhook is cut short: its head has \(length) bytes")
    }
    let head: JSON
    do {
      head = try JSON.parse(Array(bytes[WebhookEnvelope.prefix..<WebhookEnvelope.prefix + length]))
    } catch {
      throw WebhookRequestError(message: "the head of a stored webhook is no JSON: \(error.message)")
    }
    try self.init(head: head, body: Array(bytes[(WebhookEnvelope.prefix + length)...]))
  }

  private init(head: JSON, body: [UInt8]) throws(WebhookRequestError) {
    func text(_ name: String) throws(WebhookRequestError) -> String {
      if let text = head[name]?.stringValue { return text }
      throw WebhookRequestError(message: "the head of a stored webhook has no \"\(name)\"")
    }
    func number(_ name: String) throws(WebhookRequestError) -> Int64 {
      if let number = head[name]?.intValue { return number }
      throw WebhookRequestError(message: "the head of a stored webhook has no \"\(name)\"")
    }
    self.init(
      workflow: try text("workflow"), version: Int(try number("version")), receivedAt: try number("receivedAt"),
      method: try text("method"), path: try text("path"), clientAddress: try text("clientAddress"),
      query: head["query"] ?? [:], headers: head["headers"] ?? [:], params: head["params"] ?? [:],
      contentType: head["contentType"]?.stringValue,
      bodyKind: head["bodyKind"]?.stringValue.flatMap { BodyKind(rawValue: $0) } ?? .auto, body: body)
  }
}
