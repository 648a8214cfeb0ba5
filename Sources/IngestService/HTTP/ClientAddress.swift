// Who sends the requests of one connection: the other side of it, unless that is a proxy which this installation trusts
// and which therefore tells for whom it speaks.

package import NIOCore
package import NIOHTTP1
package import ProcessSupport

/// Only `X-Forwarded-For` is believed; `Forwarded` (RFC 7239) is not, because a proxy that sets the one lets the other
/// through as a stranger wrote it.
package struct ClientAddress: Sendable {
  /// Of the connection's other side, as text; empty when it is unknown.
  package let peer: String
  /// The proxies whose word counts; nil when the peer is none of them.
  private let proxies: AddressSet?
  private let peerAddress: IPAddress?

  /// Entries that are looked at: no installation has as many proxies in a row.
  private static let longestWalk = 32

  package static let unknown = ClientAddress(peer: "", trusted: .empty)

  package init(peer: SocketAddress?, trusted: AddressSet) {
    self.init(peer: peer?.ipAddress ?? "", trusted: trusted)
  }

  package init(peer text: String, trusted: AddressSet) {
    peerAddress = IPAddress(text)
    peer = peerAddress?.description ?? text
    proxies = peerAddress.map(trusted.contains) == true ? trusted : nil
  }

  /// The client of a request with these header fields.
  package func of(_ headers: HTTPHeaders) -> String {
    guard let proxies, let peerAddress else { return peer }
    return Self.walk(headers["x-forwarded-for"], from: peerAddress, through: proxies).description
  }

  /// From the right, where the nearest proxy has written: the first address that is no trusted proxy. What is no address
  /// ends the walk, because whatever stands left of it may be made up.
  private static func walk(_ lines: [String], from peer: IPAddress, through proxies: AddressSet) -> IPAddress {
    var last = peer
    var steps = 0
    for line in lines.reversed() {
      var rest = line[...]
      while true {
        let comma = rest.lastIndex(of: ",")
        steps += 1
        guard steps <= longestWalk, let address = address(comma.map { rest[rest.index(after: $0)...] } ?? rest) else {
          return last
        }
        last = address
        guard proxies.contains(address) else { return last }
        guard let comma else { break }
        rest = rest[..<comma]
      }
    }
    return last
  }

  /// Reads `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:1234`, each IPv6 address with
  /// or without a zone.
  static func address(_ entry: Substring) -> IPAddress? {
    let text = entry.trimming { $0 == " " || $0 == "\t" }
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"), isPortOrNothing(text[text.index(after: end)...]) else { return nil }
      let inside = text[text.index(after: text.startIndex)..<end]
      return inside.contains(":") ? IPAddress(String(inside)) : nil
    }
    guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else { return IPAddress(String(text)) }
    guard isPortOrNothing(text[colon...]) else { return nil }
    return IPAddress(String(text[..<colon]))
  }

  private static func isPortOrNothing(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    let digits = text.dropFirst()
    return text.first == ":" && (1...5).contains(digits.utf8.count) && digits.utf8.allSatisfy { (48...57).contains($0) }
  }
}

extension Substring {
  fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
    var rest = drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
