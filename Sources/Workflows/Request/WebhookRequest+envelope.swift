// How a request travels through the queue: a version byte, the length of the head (4 bytes, big-endian), the head as
// JSON, the body as it came. The body is never parsed or escaped on this way.

import JSONCodec

package struct WebhookRequestError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String

  package var description: String { message }
}

extension WebhookRequest {
  private static let formatVersion: UInt8 = 1
  private static let prefix = 5

  package func encoded() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(body.count + 1024)
    output += [Self.formatVersion, 0, 0, 0, 0]
    writeHead(to: &output)
    let length = UInt32(output.count - Self.prefix)
    for index in 0..<4 { output[1 + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    output += body
    return output
  }

  private func writeHead(to output: inout [UInt8]) {
    var members: [(key: String, value: JSON)] = [
      ("workflow", .string(workflow)), ("version", .int(Int64(version))), ("receivedAt", .int(receivedAt)),
      ("method", .string(method)), ("path", .string(path)), ("clientAddress", .string(clientAddress)),
      ("query", query), ("headers", headers), ("params", params),
    ]
    if let contentType { members.append(("contentType", .string(contentType))) }
    if bodyKind != .auto { members.append(("bodyKind", .string(bodyKind.rawValue))) }
    JSON.object(JSONObject(distinct: members)).write(to: &output)
  }

  package init(decoding bytes: [UInt8]) throws(WebhookRequestError) {
    guard bytes.count >= Self.prefix else {
      throw WebhookRequestError(message: "a stored webhook is cut short: \(bytes.count) bytes")
    }
    guard bytes[0] == Self.formatVersion else {
      throw WebhookRequestError(
        message: "a stored webhook has format \(bytes[0]); this version of Millrace reads format \(Self.formatVersion)")
    }
    let length = bytes[1..<Self.prefix].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count - Self.prefix >= length else {
      throw WebhookRequestError(message: "a stored webhook is cut short: its head has \(length) bytes")
    }
    let head: JSON
    do {
      head = try JSON.parse(Array(bytes[Self.prefix..<Self.prefix + length]))
    } catch {
      throw WebhookRequestError(message: "the head of a stored webhook is no JSON: \(error.message)")
    }
    try self.init(head: head, body: Array(bytes[(Self.prefix + length)...]))
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
