// Who a request comes from, through any number of proxies and lies.

import NIOHTTP1
import ProcessSupport
import Testing

@testable import IngestService

@Suite("The address of a client")
struct ClientAddressTests {
  static let proxies = AddressSet(["10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48"].compactMap { AddressRange($0) })

  private func client(_ peer: String, _ lines: [String], trusted: AddressSet = proxies) -> String {
    var headers = HTTPHeaders([("host", "a")])
    for line in lines { headers.add(name: "X-Forwarded-For", value: line) }
    return ClientAddress(peer: peer, trusted: trusted).of(headers)
  }

  @Test(
    "the nearest address that is no trusted proxy",
    arguments: [
      // No proxy: nobody is believed.
      ("192.0.2.9", ["203.0.113.1"], "192.0.2.9"), ("::ffff:192.0.2.9", [], "192.0.2.9"),
      // One proxy, several, and several lines.
      ("10.0.0.1", ["203.0.113.1"], "203.0.113.1"), ("10.0.0.1", [], "10.0.0.1"),
      ("10.0.0.1", ["1.1.1.1, 203.0.113.1"], "203.0.113.1"),
      ("10.0.0.1", ["1.1.1.1, 203.0.113.1, 10.0.0.2,10.0.0.3"], "203.0.113.1"),
      ("10.0.0.1", ["1.1.1.1", "203.0.113.1", "10.0.0.2"], "203.0.113.1"),
      ("10.0.0.1", ["10.0.0.4, 10.0.0.3"], "10.0.0.4"), ("::ffff:10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
      ("2001:db8:1::7", ["2001:db8:2::1, 2001:db8:1::8"], "2001:db8:2::1"),
      // Ports, brackets, zones, blanks.
      ("10.0.0.1", ["203.0.113.1:4711"], "203.0.113.1"), ("10.0.0.1", ["[2001:db8:2::1]:4711"], "2001:db8:2::1"),
      ("10.0.0.1", ["[2001:db8:2::1]"], "2001:db8:2::1"), ("10.0.0.1", ["fe80::1%eth0"], "fe80::1"),
      ("10.0.0.1", ["[fe80::1%25eth0]:80"], "fe80::1"), ("10.0.0.1", ["\t 203.0.113.1  "], "203.0.113.1"),
      ("10.0.0.1", ["::ffff:203.0.113.1"], "203.0.113.1"), ("10.0.0.1", ["[::ffff:10.0.0.9]"], "10.0.0.9"),
      // What is no address ends the walk at the last good one.
      ("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"), ("10.0.0.1", ["1.1.1.1, , 10.0.0.2"], "10.0.0.2"),
      ("10.0.0.1", ["1.1.1.1, nonsense, 10.0.0.2"], "10.0.0.2"), ("10.0.0.1", [""], "10.0.0.1"),
      ("10.0.0.1", ["1.1.1.1,"], "10.0.0.1"), ("10.0.0.1", ["1.1.1.1 2.2.2.2"], "10.0.0.1"),
      ("10.0.0.1", ["203.0.113.1:"], "10.0.0.1"), ("10.0.0.1", ["203.0.113.1:x"], "10.0.0.1"),
      ("10.0.0.1", ["203.0.113.1:123456"], "10.0.0.1"), ("10.0.0.1", ["[203.0.113.1]"], "10.0.0.1"),
      ("10.0.0.1", ["[2001:db8::1"], "10.0.0.1"), ("10.0.0.1", ["[2001:db8::1]x"], "10.0.0.1"),
      ("10.0.0.1", ["203.0.113.1.4"], "10.0.0.1"), ("10.0.0.1", ["0x7f.1"], "10.0.0.1"),
      ("10.0.0.1", ["\"203.0.113.1\""], "10.0.0.1"), ("", ["203.0.113.1"], ""),
    ] as [(String, [String], String)])
  func walk(_ peer: String, _ lines: [String], _ expected: String) {
    #expect(client(peer, lines) == expected)
  }

  @Test("not more than 32 entries are looked at")
  func bound() {
    func line(_ proxies: Int) -> String {
      (["203.0.113.1"] + (0..<proxies).map { "10.0.1.\($0)" }).joined(separator: ", ")
    }
    #expect(client("10.0.0.1", [line(31)]) == "203.0.113.1")
    #expect(client("10.0.0.1", [line(32)]) == "10.0.1.0")
    #expect(client("10.0.0.1", [line(200)]) == "10.0.1.168")
  }

  @Test("`Forwarded` is not believed, and without proxies nothing is")
  func others() {
    let headers = HTTPHeaders([("Forwarded", "for=203.0.113.1"), ("X-Real-IP", "203.0.113.1")])
    #expect(ClientAddress(peer: "10.0.0.1", trusted: Self.proxies).of(headers) == "10.0.0.1")
    #expect(client("10.0.0.1", ["203.0.113.1"], trusted: .empty) == "10.0.0.1")
  }
}
