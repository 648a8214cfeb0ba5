// The set of many ranges answers as the ranges one by one would.

import Testing

@testable import ProcessSupport

@Suite struct AddressSetTests {
  private func set(_ texts: String...) -> AddressSet { AddressSet(texts.compactMap { AddressRange($0) }) }

  @Test(
    "edges of ranges, both families, merged and apart",
    arguments: [
      ("10.0.0.0", true), ("10.0.1.255", true), ("10.0.2.0", false), ("9.255.255.255", false),
      ("255.255.255.255", true), ("255.255.255.253", false), ("0.0.0.0", true), ("0.0.0.1", false),
      ("2001:db8::", true), ("2001:db8:0:1:ffff:ffff:ffff:ffff", true), ("2001:db8:0:2::", false),
      ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("::ffff:10.0.0.7", true), ("::", false),
      ("2001:db9::8", true),
    ])
  func edges(_ address: String, _ isInside: Bool) throws {
    let set = set(
      "10.0.1.0/24", "255.255.255.254/31", "10.0.0.0/24", "0.0.0.0", "2001:db8:0:1::/64", "2001:db8::/64",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124", "2001:db9::8/125", "10.0.0.128/25")
    #expect(try set.contains(#require(IPAddress(address))) == isInside)
  }

  @Test("whole families, and nothing")
  func extremes() throws {
    let v4 = try #require(IPAddress("203.0.113.1"))
    let v6 = try #require(IPAddress("2001:db8::1"))
    #expect(set("0.0.0.0/0").contains(v4) && !set("0.0.0.0/0").contains(v6))
    #expect(set("::/0").contains(v6) && !set("::/0").contains(v4))
    #expect(AddressSet.empty.isEmpty && !AddressSet.empty.contains(v4) && !AddressSet.empty.contains(v6))
    #expect(set("10.0.0.0/9", "10.128.0.0/9") == set("10.0.0.0/8"))
  }

  @Test("a thousand random ranges, compared with a look at each")
  func random() throws {
    var generator = SystemRandomNumberGenerator()
    var ranges: [AddressRange] = []
    for _ in 0..<500 {
      let v4 = IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &generator) & 0x0fff_ffff)
      let v6 = IPAddress(high: 0x2001_0000_0000_0000 | UInt64.random(in: 0...0xffff, using: &generator) << 32, low: 7)
      ranges.append(try #require(AddressRange("\(v4)/\(Int.random(in: 14...32, using: &generator))")))
      ranges.append(try #require(AddressRange("\(v6)/\(Int.random(in: 28...128, using: &generator))")))
    }
    let set = AddressSet(ranges)
    for _ in 0..<5_000 {
      let v4 = IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &generator) & 0x0fff_ffff)
      let v6 = IPAddress(
        high: 0x2001_0000_0000_0000 | UInt64.random(in: 0...0xffff, using: &generator) << 32,
        low: UInt64.random(in: 0...10, using: &generator))
      for address in [v4, v6] {
        #expect(set.contains(address) == ranges.contains { $0.contains(address) }, "\(address)")
      }
    }
  }
}
