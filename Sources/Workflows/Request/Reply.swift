// The answer for a waiting caller, as a worker stores it in the queue and the ingest process that holds the connection
// reads it.

import JSONCodec

package struct Reply: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  private static let version: UInt8 = 1

  /// A version byte, the head's length in four bytes (big-endian), the head as `{"status","headers":[[name,value]…]}`,
  /// then the body's bytes as they are.
  package func encoded() -> [UInt8] {
    let pairs = headers.map { JSON.array([.string($0.name), .string($0.value)]) }
    let head = JSON.object(JSONObject([("status", .int(Int64(status))), ("headers", .array(pairs))])).bytes
    var output: [UInt8] = [Self.version]
    output.reserveCapacity(5 + head.count + body.count)
    for shift in [24, 16, 8, 0] { output.append(UInt8(truncatingIfNeeded: head.count >> shift)) }
    output += head
    output += body
    return output
  }

  package init(decoding bytes: [UInt8]) throws(ReplyError) {
    guard let version = bytes.first else { throw ReplyError(problem: "it is empty") }
    guard version == Self.version else { throw ReplyError(problem: "version \(version) is unknown") }
    guard bytes.count >= 5 else { throw ReplyError(problem: "it is cut short") }
    let length = bytes[1..<5].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= 5 + length else { throw ReplyError(problem: "it is cut short") }
    let head: JSON
    do { head = try JSON.parse(Array(bytes[5..<5 + length])) } catch { throw ReplyError(problem: error.description) }
    guard let status = head["status"]?.intValue, let pairs = head["headers"]?.elements else {
      throw ReplyError(problem: "its head has no status or headers")
    }
    self.status = Int(status)
    headers = pairs.map { (name: $0[0]?.stringValue ?? "", value: $0[1]?.stringValue ?? "") }
    body = Array(bytes[(5 + length)...])
  }
}

package struct ReplyError: Error, Sendable, CustomStringConvertible {
  package let problem: String

  package var description: String { "the stored reply cannot be read: \(problem)" }
}
