// Texts of bytes, moments, forms and elements.

import JSONCodec
import TestSupport
import Testing

@testable import Verification

@Suite("Bytes and texts")
struct BytesTests {
  @Test("base64 is strict about its alphabet, its padding and its last bits")
  func base64() {
    for (text, bytes) in [("", []), ("AA==", [0]), ("AAA=", [0, 0]), ("AAAA", [0, 0, 0]), ("+/+/", [251, 255, 191])]
      as [(String, [UInt8])]
    {
      #expect(Base64.decode(text) == bytes)
      #expect(Base64.encode(bytes) == text)
    }
    for text in ["A", "AA", "AAA", "AA=", "AA===", "AB==", "AAB=", "-_-_", "AA==AA==", "A A=", "=AAA", "AAAA\n"] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
    #expect(Base64.decode("AA", ending: .optionalPadding) == [0])
    #expect(Base64.decode("AB", ending: .optionalPadding) == nil)
    #expect(Base64.decode("AB", ending: .anyBits) == [0])
    #expect(Base64.decode("-_-_", alphabet: .url) == [251, 255, 191])
    #expect(Base64.encode([0], alphabet: .url) == "AA")
  }

  @Test("hexadecimal digits come in pairs, in any case")
  func hexadecimal() {
    #expect(Hexadecimal.decode("00fFAb".utf8) == [0, 255, 171])
    #expect(Hexadecimal.encode([0, 255, 171]) == "00ffab")
    for text in ["0", "0g", "0x", " 00", "00 "] { #expect(Hexadecimal.decode(text.utf8) == nil, "\(text)") }
  }

  @Test("moments are read as senders write them")
  func moments() {
    let cases: [(String, Int64?)] = [
      ("1970-01-01T00:00:00Z", 0), ("2016-02-18T20:01:35Z", 1_455_825_695_000),
      ("2012-05-02T00:54:06.655Z", 1_335_920_046_655), ("2018-06-08T10:34:56+08:00", 1_528_425_296_000),
      ("2000-02-29T23:59:59.5-01:30", 951_874_199_500 - 86_400_000 + 86_400_000),
      ("2024-12-31t00:00:00z", 1_735_603_200_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("2025-02-29T00:00:00Z", nil), ("2026-04-31T00:00:00Z", nil), ("2026-01-00T00:00:00Z", nil),
      ("2016-02-18T20:01:35", nil), ("2016-13-18T20:01:35Z", nil), ("2016-02-18T24:01:35Z", nil),
      ("2016-02-18T20:01:35.Z", nil), ("2016-02-18T20:01:35+8:00", nil), ("yesterday", nil), ("", nil),
    ]
    for (text, moment) in cases { #expect(Moments.read(text, unit: .rfc3339) == moment, "\(text)") }
    #expect(Moments.read("1600112502", unit: .seconds) == 1_600_112_502_000)
    #expect(Moments.read("1600112502000", unit: .milliseconds) == 1_600_112_502_000)
    for text in ["", "-1", "+1", "1.5", "1e3", "9999999999999", "१"] {
      #expect(Moments.read(text, unit: .seconds) == nil, "\(text)")
    }
    for moment: Int64 in [0, 951_782_400_000, 1_455_825_695_000, 1_709_164_800_000, 1_735_689_599_000] {
      #expect(Moments.read(Moments.write(moment, unit: .rfc3339), unit: .rfc3339) == moment)
    }
  }

  @Test("forms and escapes are decoded once")
  func forms() {
    let fields = FormFields.parse("a=1&b=x%2By+z&a=%25&c&=d&%zz=%4".utf8) ?? []
    let texts = fields.map {
      "\(String(decoding: $0.name, as: UTF8.self)):\(String(decoding: $0.value, as: UTF8.self))"
    }
    #expect(texts == ["a:1", "b:x+y z", "a:%", "c:", ":d", "%zz:%4"])
    #expect(fields.only("a") == nil)
    #expect(fields.only("c") == [])
    #expect(fields.only("e") == nil)
    #expect(FormFields.parse(String(repeating: "a&", count: 1001).utf8) == nil)
    #expect(PercentCoding.encode("a b/ü~".utf8) == "a%20b%2F%C3%BC~")
  }

  @Test("elements are found as they stand, and nothing is expanded")
  func elements() {
    let xml = Array(
      "<xml><a><![CDATA[<b>no</b>]]></a><n:b x='1'>1 &lt; 2 &amp; &#65;&#x42;</n:b><b/><c><d>e</d></c><f>g</xml>".utf8)
    #expect(XMLElements.text(of: "a", in: xml) == "<b>no</b>")
    #expect(XMLElements.text(of: "b", in: xml) == "1 < 2 & AB")
    #expect(XMLElements.text(of: "c", in: xml) == nil)
    #expect(XMLElements.text(of: "d", in: xml) == "e")
    #expect(XMLElements.text(of: "z", in: xml) == nil)
    for text in [
      "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a>&b;</a>", "<a>&#xD800;</a>", "<a>open", "<a><![CDATA[open</a>",
    ] {
      #expect(XMLElements.text(of: "a", in: Array(text.utf8)) == nil, "\(text)")
    }
    #expect(XMLElements.texts(of: "i", in: Array("<x><i>1</i><i>2</i></x>".utf8)) == ["1", "2"])
  }

  @Test("only a provider's own addresses are fetched")
  func addresses() {
    let good = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123abcdef.pem"
    #expect(ProviderAddress.isSNSCertificate(good))
    #expect(ProviderAddress.isSNSCertificate("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem"))
    for bad in [
      "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem",
      "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
      "https://evil.example/sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem",
      "https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
      "https://user@sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem",
      "https://sns.us-east-1.amazonaws.com:444/SimpleNotificationService-0a.pem",
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem?x=1",
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-.pem",
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-zz.pem",
      "https://sns.us-east-1.amazonaws.com/x/../SimpleNotificationService-0a.pem",
      "https://sns.x.y.amazonaws.com/SimpleNotificationService-0a.pem",
      "https://sns.us.amazonaws.com/SimpleNotificationService-0a.pem", "https://sns..amazonaws.com/", "",
    ] {
      #expect(!ProviderAddress.isSNSCertificate(bad), "\(bad)")
    }
    #expect(ProviderAddress.isPayPalCertificate("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"))
    for bad in [
      "https://paypal.com.evil.example/c", "https://evilpaypal.com/c", "https://api.paypal.com\\.evil.example/c",
      "https://api.paypal.com", "ftp://api.paypal.com/c", "https://a@api.paypal.com/c",
    ] {
      #expect(!ProviderAddress.isPayPalCertificate(bad), "\(bad)")
    }
  }

  @Test("a certificate tells its number, its time and its key", .enabled(if: SharedData.isPresent))
  func certificate() throws {
    let vectors = try JSON.parse(SharedData.bytes("provider-vectors.json"))
    let pem = try #require(vectors["rsa_cert"]?.stringValue)
    let certificate = try Certificate(der: PEM.read(pem).der)
    #expect(certificate.serial == "5157F09EFDC096DE15EBE81A47057A7200000001")
    #expect(certificate.notBefore == Moments.read("2026-11-23T18:38:52Z", unit: .rfc3339))
    #expect(certificate.notAfter == Moments.read("2126-10-30T18:38:52Z", unit: .rfc3339))
    let key = try PEM.read(try #require(vectors["rsa_public_key"]?.stringValue)).der
    #expect(certificate.subjectPublicKeyInfo == key)
    #expect(throws: KeyProblem.self) { try Certificate(der: key) }
    for count in stride(from: 0, to: 700, by: 7) {
      let cut = Array(try PEM.read(pem).der.prefix(count))
      #expect(throws: KeyProblem.self, "\(count)") { try Certificate(der: cut) }
    }
  }
}
