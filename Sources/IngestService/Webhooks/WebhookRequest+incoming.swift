// The HTTP request as the workflow will see it, checked as far as its body's type allows.

import Catalog
import JSONCodec
import NIOCore
import NIOHTTP1
import Workflows

#if canImport(Glibc)
  import Glibc
#endif

extension WebhookRequest {
  /// Throws `Problem` for what the sender did wrong.
  init(
    _ incoming: IncomingRequest, entry: CatalogEntry, trigger: Trigger,
    parameters: [(name: String, value: String)], body: ByteBuffer
  ) throws {
    let query: JSON
    do { query = incoming.query.isEmpty ? .object([:]) : try QueryString.parse(incoming.query) } catch {
      throw Problem.malformed("The query string cannot be read: \(error)")
    }
    self.init(
      workflow: entry.key, version: entry.version, receivedAt: Self.now(), method: incoming.method,
      path: incoming.path, clientAddress: incoming.clientAddress, query: query,
      headers: .object(incoming.headers.asJSON),
      params: .object(JSONObject(parameters.map { ($0.name, .string($0.value)) })),
      contentType: incoming.headers.first(name: "content-type"), bodyKind: trigger.bodyKind,
      body: Array(body.readableBytesView))
    do { try Self.checkBody(self.body, contentType: contentType, kind: bodyKind) } catch {
      throw Problem.malformed("The body cannot be read: \(error)")
    }
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
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

enum PercentEncoding {
  /// Nil when an escape is broken or the bytes are not UTF-8.
  static func decoded(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
