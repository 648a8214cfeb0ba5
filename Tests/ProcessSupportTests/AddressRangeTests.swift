// CIDRs: what they hold and what is none.

import Testing

@testable import ProcessSupport

@Suite struct AddressRangeTests {
  @Test(
    "a range holds the addresses with its prefix",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.9.9.9/8", "10.0.0.1", true),
      ("0.0.0.0/0", "255.1.2.3", true), ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::/0", "1.2.3.4", false),
      ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7/32", "192.168.1.8", false),
      ("127.0.0.0/31", "127.0.0.1", true),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
      ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
      ("2001:db8::/64", "2001:db8::ffff:0:0:1", true), ("::1/128", "::1", true), ("::1", "::2", false),
      ("::ffff:10.0.0.0/104", "10.3.2.1", true), ("10.0.0.0/8", "::ffff:10.3.2.1", true),
    ])
  func contains(_ range: String, _ address: String, _ isInside: Bool) throws {
    let range = try #require(AddressRange(range))
    #expect(try range.contains(#require(IPAddress(address))) == isInside)
  }

  @Test(
    "what is no range is refused",
    arguments: [
      "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129", "::/0128",
      "name/8", "::ffff:10.0.0.0/8", "10.0.0/8",
    ])
  func refused(_ text: String) {
    #expect(AddressRange(text) == nil)
  }

  @Test("equal ranges are equal however they are written")
  func equality() {
    #expect(AddressRange("10.1.2.3/8") == AddressRange("10.0.0.0/8"))
    #expect(AddressRange("10.0.0.0/8")?.description == "10.0.0.0/8")
    #expect(AddressRange("fd00::1/8")?.description == "fd00::/8")
    #expect(AddressRange("::1")?.description == "::1/128")
  }
}
