// Where programs listen, as text.

import Testing

@testable import ProcessSupport

@Suite struct ListenAddressTests {
  @Test(
    "an address is read into host and port",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:8080", "::1", 8080), (":8080", "0.0.0.0", 8080),
      ("localhost:0", "localhost", 0), ("ingest-1.example:65535", "ingest-1.example", 65535), ("[::]:80", "::", 80),
    ])
  func read(_ text: String, _ host: String, _ port: Int) {
    #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
  }

  @Test(
    "what is no address to listen on is refused",
    arguments: [
      "", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http", "::1:8080",
      "[::1]",
      "[1.2.3.4]:80", "[]:80", "1.2.3:80", "a b:80", "http://localhost:80", "127.0.0.1:+80",
    ])
  func refused(_ text: String) {
    #expect(ListenAddress(text) == nil)
  }

  @Test("an address is shown as it is read")
  func shown() {
    #expect(ListenAddress(host: "::1", port: 80).description == "[::1]:80")
    #expect(ListenAddress(host: "localhost", port: 80).description == "localhost:80")
  }

  @Test(
    "two addresses overlap when not both can be listened on",
    arguments: [
      ("127.0.0.1:80", "127.0.0.1:80", true), (":80", "127.0.0.1:80", true), ("127.0.0.1:80", "[::]:80", true),
      ("127.0.0.1:80", "127.0.0.1:81", false), ("127.0.0.1:80", "127.0.0.2:80", false), (":0", ":0", false),
    ])
  func overlaps(_ one: String, _ other: String, _ expected: Bool) throws {
    #expect(try #require(ListenAddress(one)).overlaps(try #require(ListenAddress(other))) == expected)
  }
}
