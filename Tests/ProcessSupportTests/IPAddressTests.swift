// Addresses as text, and which of them a request node may not reach.

import Glibc
import Testing

@testable import ProcessSupport

@Suite struct IPAddressTests {
  @Test(
    "an address is shown in its shortest form",
    arguments: [
      ("127.0.0.1", "127.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("::1", "::1"),
      ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:10.1.2.3", "10.1.2.3"), ("::ffff:0a01:0203", "10.1.2.3"),
      ("fe80::1%eth0", "fe80::1"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
    ])
  func text(_ text: String, _ shown: String) throws {
    #expect(try #require(IPAddress(text)).description == shown)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.0.0.1", "2130706433", " 1.2.3.4",
      "1.2.3.4%lo",
      ":", ":::", "1::2::3", "[::1]", "fe80::1%", "::ffff:1.2.3",
    ])
  func refused(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(
    "an address that is not plainly public is private",
    arguments: [
      "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.0.9",
      "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1",
      "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
      "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1",
      "2001::1", "2001:2::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::5", "3fff::1", "fc00::1", "fd00:ec2::254",
      "fe80::1", "fec0::1", "ff02::1", "2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:127.0.0.1",
    ])
  func isPrivate(_ text: String) throws {
    #expect(try #require(IPAddress(text)).isPrivate)
  }

  @Test(
    "a public address is not private",
    arguments: [
      "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
      "172.32.0.0",
      "192.167.255.255", "192.0.1.1", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
      "2002:808:808::1", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888",
    ])
  func isPublic(_ text: String) throws {
    #expect(!(try #require(IPAddress(text)).isPrivate))
  }

  @Test("a socket address gives its address, and other families give none")
  func socketAddress() {
    var v4 = sockaddr_in()
    v4.sin_family = sa_family_t(AF_INET)
    v4.sin_addr.s_addr = UInt32(0x0a01_0203).bigEndian
    #expect(withSocketAddress(&v4) { IPAddress(sockaddr: $0) } == IPAddress("10.1.2.3"))

    var v6 = sockaddr_in6()
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_addr = in6addr_loopback
    #expect(withSocketAddress(&v6) { IPAddress(sockaddr: $0) } == IPAddress("::1"))

    var local = sockaddr_un()
    local.sun_family = sa_family_t(AF_UNIX)
    #expect(withSocketAddress(&local) { IPAddress(sockaddr: $0) } == nil)
  }

  private func withSocketAddress<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }
}
