// A request whose head has been read, as the routes see it. A class, because it travels through several closures.

package import NIOHTTP1
import ProcessSupport

package final class IncomingRequest: Sendable {
  package let method: String
  /// Percent-encoded as it came, without the query.
  package let path: String
  package let query: String
  package let headers: HTTPHeaders
  let facts: HeadFacts
  /// Behind a request that offers to switch protocols the parser reads no further one, so none may be promised.
  let leavesConnectionOpen: Bool
  /// HTTP/1.0, whose clients have to be told that the connection stays open.
  let isOld: Bool
  package let clientAddress: String
  package let requestID: String
  // Only the event loop of the connection reads and changes these: the handler and the routes run there.
  nonisolated(unsafe) package var audit = AuditFacts()
  /// Set by a route that waits for long; called when the connection is gone before the answer is there.
  nonisolated(unsafe) var whenGone: (@Sendable () -> Void)?
  nonisolated(unsafe) var isGone = false

  package init(head: HTTPRequestHead, clientAddress: String) {
    var (head, facts) = (head, HeadFacts(head))
    if facts.hasTrailingBlanks {
      head.headers = head.headers.withoutTrailingBlanks
      facts = HeadFacts(head)
    }
    self.facts = facts
    leavesConnectionOpen = head.isKeepAlive && head.method != .CONNECT && !facts.offersUpgrade
    isOld = head.version.minor == 0
    method = head.method.rawValue
    let target = head.uri.utf8.first == UInt8(ascii: "/") ? head.uri : Self.originForm(head.uri)
    if let mark = target.firstIndex(ofASCII: "?") {
      path = String(target[..<mark])
      query = String(target[target.utf8.index(after: mark)...])
    } else {
      path = target
      query = ""
    }
    headers = head.headers
    self.clientAddress = clientAddress
    requestID = RequestID.of(facts)
  }

  /// Without the scheme and the host that a client puts before the path as if it spoke to a proxy (RFC 9112 3.2.2).
  private static func originForm(_ target: String) -> String {
    guard let mark = target.firstRange(of: "://"), ["http", "https"].contains(target[..<mark.lowerBound].lowercased())
    else { return target }
    let rest = target[mark.upperBound...].drop { $0 != "/" && $0 != "?" }
    return rest.first == "/" ? String(rest) : "/" + rest
  }

  /// A method whose requests have a body (RFC 9110 9.3).
  var wantsBody: Bool {
    switch method {
    case "POST", "PUT", "PATCH": true
    default: false
    }
  }
}

/// The caller's `X-Request-Id` if it is harmless, else a new one.
enum RequestID {
  static func of(_ facts: HeadFacts) -> String {
    if let given = facts.requestID, (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    {
      return given
    }
    return random()
  }

  /// 64 bits in base 32: with 16 digits Swift would keep the text on the heap.
  static func random() -> String {
    var bits = RandomBits.next()
    return String(capacity: 13) { text in
      for _ in 0..<13 {
        let digit = UInt8(truncatingIfNeeded: bits & 31)
        text.write(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        bits >>= 5
      }
    }
  }
}
