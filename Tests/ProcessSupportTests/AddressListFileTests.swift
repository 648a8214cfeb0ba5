// Files with lists of addresses: what they may say, and what no such list is.

import Testing

@testable import ProcessSupport

@Suite struct AddressListFileTests {
  @Test("addresses, blanks, comments and a date")
  func reading() throws {
    let file = try AddressListFile(text: "# as of 2026-11-24\r\n\r\n 192.0.2.0/24 # here\n2001:db8::1\n#10.0.0.1\n")
    #expect(file.ranges.map(\.description) == ["192.0.2.0/24", "2001:db8::1/128"])
    #expect(file.date == "2026-11-24")
    #expect(try AddressListFile(text: file.text(comments: ["a list"])) == file)
    #expect(file.text(comments: ["a list"]) == "# a list\n# as of 2026-11-24\n192.0.2.0/24\n2001:db8::1/128\n")
  }

  @Test(
    "what is no list is refused, with the place",
    arguments: [
      ("", "it holds no address"), ("# nothing\n", "it holds no address"),
      ("192.0.2.1\n<html>\n", "line 2: not one address or CIDR"),
      ("192.0.2.1 192.0.2.2\n", "line 1: not one address or CIDR"),
      ("0.0.0.0/0\n", "0.0.0.0/0 is no sender's network, but a part of the whole internet"),
      ("2000::/3\n", "2000::/3 is no sender's network, but a part of the whole internet"),
    ])
  func refused(_ text: String, _ problem: String) {
    #expect(throws: AddressListFile.Problem(description: problem)) { _ = try AddressListFile(text: text) }
  }

  @Test("more ranges than anybody has are refused")
  func tooMany() {
    let text = String(repeating: "192.0.2.1\n", count: 10_001)
    #expect(throws: AddressListFile.Problem(description: "it holds 10001 ranges, more than 10000")) {
      _ = try AddressListFile(text: text)
    }
  }

  @Test(
    "entries are ranges or names",
    arguments: [
      ("192.0.2.0/24", "192.0.2.0/24"), ("192.0.2.7", "192.0.2.7/32"), ("github-hooks", "github-hooks"),
      ("a1", "a1"), ("1a", nil), ("-a", nil), ("A", nil), ("a.txt", nil), ("../a", nil), ("a/24", nil), ("", nil),
      ("192.0.2.0/33", nil),
    ] as [(String, String?)])
  func entries(_ text: String, _ expected: String?) {
    #expect(AddressEntry(text)?.description == expected)
  }

  @Test("a file that is missing or no text is refused")
  func missing() {
    #expect(throws: AddressListFile.Problem(description: "cannot be read: no such file or directory")) {
      _ = try AddressListFile.read("/nowhere/list.txt")
    }
    #expect(AddressListFile.names(in: "/nowhere") == nil)
  }
}
