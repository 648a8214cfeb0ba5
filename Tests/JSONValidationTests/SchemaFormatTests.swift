// The formats that texts are checked for.

import JSONCodec
import JSONValidation
import Testing

@Suite("Formats of JSON Schema")
struct SchemaFormatTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let format: String
    let valid: [String]
    let invalid: [String]
    var testDescription: String { format }

    init(_ format: String, _ valid: [String], not invalid: [String]) {
      (self.format, self.valid, self.invalid) = (format, valid, invalid)
    }
  }

  static let examples = [
    Example(
      "date-time",
      [
        "1963-06-19T08:30:06.283185Z", "1963-06-19t08:30:06z", "1937-01-01T12:00:27.87+00:20",
        "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00",
      ],
      not: [
        "1998-12-31T23:58:60Z", "1990-02-31T15:59:59Z", "1990-12-31T15:59:59-24:00", "06/19/1963 08:30:06 PST",
        "2013-350T01:01:01", "1963-06-19 08:30:06Z", "1963-06-19T08:30:06", "1963-06-1৪T00:00:00Z", "",
        "1963-06-19T08:30:06.Z",
      ]),
    Example(
      "date", ["1963-06-19", "2020-02-29", "2000-02-29", "2020-04-30"],
      not: ["2021-02-29", "1900-02-29", "2020-04-31", "2020-13-01", "2020-00-01", "1998-1-20", "2013-350", "20230328"]),
    Example(
      "time", ["08:30:06Z", "23:59:60Z", "08:30:06.283185Z", "01:29:60+01:30", "00:29:60+00:30", "23:29:60-00:30"],
      not: [
        "23:59:61Z", "22:59:60Z", "24:00:00Z", "00:60:00Z", "08:30:06", "08:30:06 PST", "01:01:01,1111",
        "08:30:06+0100",
        "8:3:6Z", "01:02:03+24:00", "01:02:03+00:60",
      ]),
    Example(
      "duration", ["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W"],
      not: [
        "PT1D", "4DT12H30M5S", "P", "P1YT", "PT", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1Y2D", "PT1H2S", "P1", "P1.5D",
        "",
      ]),
    Example(
      "email",
      [
        "joe.bloggs@example.com", "te~st@example.com", "\"joe bloggs\"@example.com", "\"joe@bloggs\"@example.com",
        "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]", "a+b@localhost",
      ],
      not: [
        "2962", "@example.com", "joe@", ".test@example.com", "test.@example.com", "te..st@example.com",
        "joe.bloggs@invalid=domain.com", "joe.bloggs@[127.0.0.300]", "joe bloggs@example.com", "a@b@example.com",
      ]),
    Example(
      "hostname", ["www.example.com", "xn--4gbwdl.xn--wgbh1c", "hostname", "h0stn4me", "1host"],
      not: [
        "-bad-host", "bad-host-", "host_name", "a..b", ".a", "a.", "", String(repeating: "a", count: 64),
        String(repeating: "a.", count: 127) + "a", "exa mple", "grünn.example",
      ]),
    Example(
      "ipv4", ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
      not: [
        "127.0.0.0.1", "256.256.256.256", "127.0", "0x7f000001", "087.10.0.1", "1২7.0.0.1", "192.168.1.0/24", "1.2.3.",
      ]),
    Example(
      "ipv6",
      [
        "::1", "::", "1::", "::42:ff:1", "d6::", "1:d6::42", "1:2::192.168.0.1", "1::2:192.168.0.1",
        "::ffff:192.168.0.1", "1:2:3:4:5:6:7:8", "::abcd:abcd:abcd:abcd:abcd:abcd:abcd",
      ],
      not: [
        "12345::", "1:1:1:1:1:1:1:1:1", "::laptop", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", ":2:3:4::8", "1::d6::42",
        "1::2:192.168.256.1", "1:2:3:4:5:6:7:8:192.168.0.1", "::1%eth0", "127.0.0.1", "1:2:3:4::5:6:7:8",
        "100:100:100:100:100:100:255.255.255.255.255", ":::", "1:::2", "",
      ]),
    Example(
      "uri",
      [
        "http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wikipedia)_blah#cite-1", "http://foo.bar/?q=Test%20URL",
        "http://xn--nw2a.xn--j6w193g/", "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "http://223.255.255.254",
        "ftp://ftp.is.co.za/rfc/rfc1808.txt", "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:a@b.example",
        "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "urn:oasis:names:dtd:xml:4.1.2",
        "http://a.example:8080", "x:",
      ],
      not: [
        "//foo.bar/?baz=qux#quux", "/abc", "\\\\WINDOWS\\fileshare", "abc", "http:// shouldfail.com", "://example.com",
        "bar,baz:foo", "https://[@example.org/test.txt", "https://example.org/foobar\\.txt",
        "https://example.org/<>.txt",
        "https://example.org/{}.txt", "https://example.org/^.txt", "https://example.org/`.txt", "https://example.org/ä",
        "https://a.example/%4", "https://a.example:b/", "http://a.example/#a#b", "http://[::1", "",
      ]),
    Example(
      "uri-reference", ["/abc", "//foo.bar/?baz", "abc", "#fragment", "", "http://a.example", "./a:b"],
      not: ["\\\\WINDOWS\\fileshare", "#frag\\ment", "a b", "1:a", "ä"]),
    Example("iri", ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://a.example"], not: ["/abc", "http:// a"]),
    Example("iri-reference", ["/âππ", "#ƒ"], not: ["\\\\WINDOWS\\filëßåré"]),
    Example(
      "uuid", ["2EB8AA08-aa98-11ea-b4aa-73b441d16380"],
      not: [
        "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa9811eab4aa73b441d16380",
        "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380",
        "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "",
      ]),
    Example(
      "json-pointer", ["/foo/bar~0/baz~1/%a", "", "/", "/foo//bar", "/~01"],
      not: ["foo", "#", "/foo/bar~", "/~2", "/~0~", "0"]),
    Example(
      "relative-json-pointer", ["1", "0/foo/bar", "2/0/baz", "0#"], not: ["/foo", "01/a", "-1", "0##", "", "1a"]),
    Example("regex", ["([abc])+\\s+$", "^(?=a)\\1", "a{2000}"], not: ["^(abc]", "\\a", "a**", "(?<a", "[b-a]"]),
  ]

  @Test("a format takes what its specification takes", arguments: examples)
  func formats(_ example: Example) throws {
    let schema = try JSONSchema(["format": .string(example.format)])
    for text in example.valid { #expect(schema.failures(of: .string(text)) == [], "\(text) should fit") }
    for text in example.invalid { #expect(schema.failures(of: .string(text)) != [], "\(text) should not fit") }
    #expect(schema.failures(of: 12) == [])
  }
}
