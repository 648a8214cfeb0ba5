// Where a program waits for connections: the text of MILLRACE_LISTEN and MILLRACE_METRICS_LISTEN.

package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  package let host: String
  /// 0 means any free port.
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`, or `:8080` for all IPv4 addresses of the machine.
  package init?(_ text: String) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let portText = text[text.index(after: colon)...]
    guard !portText.isEmpty, portText.utf8.count <= 5, portText.utf8.allSatisfy({ (48...57).contains($0) }),
      let port = Int(portText), port <= 65535
    else { return nil }
    guard let host = ListenAddress.host(in: String(text[..<colon])) else { return nil }
    self.init(host: host, port: port)
  }

  /// Whether not both can be listened on. Port 0 gives way to everybody.
  package func overlaps(_ other: ListenAddress) -> Bool {
    let isSameHost = host == other.host || [host, other.host].contains { $0 == "0.0.0.0" || $0 == "::" }
    return port == other.port && port != 0 && isSameHost
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  private static func host(in text: String) -> String? {
    if text.isEmpty { return "0.0.0.0" }
    if text.hasPrefix("["), text.hasSuffix("]") {
      let inner = String(text.dropFirst().dropLast())
      return inner.contains(":") && IPAddress(inner) != nil ? inner : nil
    }
    if IPAddress(text)?.family == .v4, !text.contains(":") { return text }
    // A host name; digits and dots alone would be a mistyped address.
    let isName = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    let hasLetter = text.utf8.contains { ($0 | 32) >= UInt8(ascii: "a") && ($0 | 32) <= UInt8(ascii: "z") }
    return isName && hasLetter ? text : nil
  }
}
