// How a request travels through the queue: a version byte, the length of the head (4 bytes, big-endian), the head as
// JSON, the body as it came. The body is never parsed or escaped on this way.

package import JSONCodec

/// Writes a request member by member, so that ingest needs no value for what it only passes on.
package struct WebhookEnvelope: ~Copyable {
  static let formatVersion: UInt8 = 1
  static let prefix = 5

  /// What most requests have for a query.
  private static let emptyObject = Array("{}".utf8)

  private var writer = ByteWriter(capacity: 1024)
  private var isFirstMember = true

  package init(
    workflow: String, version: Int, receivedAt: Int64, method: String, path: String, clientAddress: String
  ) {
    writer.write(byte: Self.formatVersion)
    for _ in 1..<Self.prefix { writer.write(byte: 0) }
    writer.write("{\"workflow\":")
    writer.write(quoted: workflow)
    writer.write(",\"version\":")
    writer.write(version)
    writer.write(",\"receivedAt\":")
    writer.write(Int(receivedAt))
    writer.write(",\"method\":")
    writer.write(quoted: method)
    writer.write(",\"path\":")
    writer.write(quoted: path)
    writer.write(",\"clientAddress\":")
    writer.write(quoted: clientAddress)
  }

  private mutating func begin(_ name: String) {
    writer.write(",\"")
    writer.write(name)
    writer.write("\":")
  }

  package mutating func add(_ name: String, _ value: JSON) {
    begin(name)
    writer.write(value.count == 0 && value.kind == .object ? Self.emptyObject : value.bytes)
  }

  /// An object of texts: `beginObject`, each member, `endObject`. The names are known to differ.
  package mutating func beginObject(_ name: String) {
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
