// Bytes of a connection, headers of a proxy, and signed requests.

import IngestService
import JSONCodec
import NIOHTTP1
import ProcessSupport
import Verification

extension FuzzTarget {
  /// What arrives, in pieces that a separator ends.
  static let http = FuzzTarget(
    name: "http",
    seeds: [
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "GET /now HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n\u{1E}0\r\n\r\n"
        + "GET /later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "POST /slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n\u{1E}abc",
      "GET /now HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
      "HEAD /fails HTTP/1.1\r\nHost: y\r\n\r\nGET /now HTTP/1.1\r\nHost: y\r\n\r\n",
    ]
  ) { bytes in
    let connection = FuzzConnection()
    for piece in bytes.split(separator: 0x1E, omittingEmptySubsequences: false) { connection.receive(piece) }
    connection.end()
  }

  private static let proxies = AddressSet(["10.0.0.0/8", "2001:db8::/32"].compactMap { AddressRange($0) })

  /// Lines of the header.
  static let xforwarded = FuzzTarget(
    name: "xforwarded",
    seeds: ["192.0.2.1, 10.0.0.2", "[2001:db8::1]:80, fe80::1%eth0,10.1.1.1:65535\n10.0.0.3", "::ffff:10.0.0.1"]
  ) { bytes in
    let lines = bytes.text.split(separator: "\n", omittingEmptySubsequences: false)
    let headers = HTTPHeaders(lines.map { ("X-Forwarded-For", String($0)) })
    for peer in ["10.0.0.1", "2001:db8::9", "192.0.2.7"] {
      let client = ClientAddress(peer: peer, trusted: proxies).of(headers)
      demand(IPAddress(client)?.description == client, "\(client) is no address")
      demand(peer != "192.0.2.7" || client == peer, "a stranger was believed")
    }
    _ = AddressRange(bytes.text)
  }

  /// The first byte chooses the provider and the second how; then the query, headers in lines, and the body.
  static let provider = FuzzTarget(
    name: "provider",
    seeds: FuzzSender.all.indices.flatMap { index -> [String] in
      let sender = String(Character(Unicode.Scalar(UInt8(index))))
      return ["P", "S", "G"].map { how in
        "\(sender)\(how)timestamp=1771444895&nonce=a&msg_signature=b\u{1E}x-signature: sha256=00\n"
          + "authorization: Bearer a.b.c\u{1E}{\"id\":\"1\",\"type\":\"t\",\"encrypt\":\"AAAA\"}"
      }
    }
  ) { bytes in
    guard bytes.count >= 2 else { return }
    let sender = FuzzSender.all[Int(bytes[0]) % FuzzSender.all.count]
    let parts = Array(bytes.dropFirst(2)).parts(3)
    let headers = parts[1].text.split(separator: "\n").map { line -> (String, String) in
      let pieces = line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      return (pieces.first ?? "", pieces.count > 1 ? pieces[1] : "")
    }
    switch bytes[1] {
    case UInt8(ascii: "S"): sender.deliverSigned(query: parts[0].text, headers: headers, body: parts[2])
    case UInt8(ascii: "G"): sender.deliver("GET", query: parts[0].text, headers: headers, body: parts[2])
    default: sender.deliver("POST", query: parts[0].text, headers: headers, body: parts[2])
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
