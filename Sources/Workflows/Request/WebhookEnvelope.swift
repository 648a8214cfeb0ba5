// How a request travels through the queue: a version byte, the length of the head (4 bytes, big-endian), the head as
// JSON, the body as it came. The body is never parsed or escaped on this way.

package import JSONCodec

/// Writes a request member by member, so that ingest needs no value for what it only passes on.
package struct WebhookEnvelope: ~Copyable {
  static let formatVersion: UInt8 = 1
  static let prefix = 5

  private var writer = ByteWriter(capacity: 1024)
  private var isFirstMember = true

  package init(
    workflow: String, version: Int, receivedAt: Int64, method: String, path: String, clientAddress: String
  ) {
    writer.write(byte: Self.formatVersion)
    writer.write(literal: "\0\0\0\0")
    writer.write(literal: "{\"workflow\":")
    writer.write(quoted: workflow)
    writer.write(literal: ",\"version\":")
    writer.write(version)
    writer.write(literal: ",\"receivedAt\":")
    writer.write(Int(receivedAt))
    writer.write(literal: ",\"method\":")
    writer.write(quoted: method)
    writer.write(literal: ",\"path\":")
    writer.write(quoted: path)
    writer.write(literal: ",\"clientAddress\":")
    writer.write(quoted: clientAddress)
  }

  private mutating func begin(_ name: StaticString) {
    writer.write(literal: ",\"")
    writer.write(literal: name)
    writer.write(literal: "\":")
  }

  package mutating func add(_ name: StaticString, _ value: JSON) {
    begin(name)
    if value.count == 0, value.kind == .object { writer.write(literal: "{}") } else { writer.write(value.bytes) }
  }

  /// An object of texts: `beginObject`, each member, `endObject`. The names are known to differ.
  package mutating func beginObject(_ name: StaticString) {
    begin(name)
    writer.write(byte: UInt8(ascii: "{"))
    isFirstMember = true
  }

  package mutating func addMember(_ name: String, _ value: String, lowercasingName: Bool = false) {
    if !isFirstMember { writer.write(byte: UInt8(ascii: ",")) }
    isFirstMember = false
    writer.write(quoted: name, lowercased: lowercasingName)
    writer.write(byte: UInt8(ascii: ":"))
    writer.write(quoted: value)
  }

  package mutating func endObject() {
    writer.write(byte: UInt8(ascii: "}"))
  }

  package consuming func finished(contentType: String?, bodyKind: BodyKind, body: [UInt8]) -> [UInt8] {
    if let contentType {
      begin("contentType")
      writer.write(quoted: contentType)
    }
    if bodyKind != .auto {
      begin("bodyKind")
      writer.write(quoted: bodyKind.rawValue)
    }
    writer.write(byte: UInt8(ascii: "}"))
    let length = UInt32(writer.count - Self.prefix)
    for index in 0..<4 {
      writer.replace(at: 1 + index, with: UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)))
    }
    return [UInt8](writer, followedBy: body)
  }
}
