// What a sender's certificate says about its key. Whether to trust it is told by where it came from: a setting, or an
// address of the provider that was checked before it was fetched over HTTPS.

import SwiftASN1

struct Certificate {
  /// The number as hexadecimal digits in upper case, without leading zeros, as WeChat Pay writes it.
  let serial: String
  let notBefore: Int64
  let notAfter: Int64
  let subjectPublicKeyInfo: [UInt8]

  /// Reads the outer fields of a certificate of RFC 5280, section 4.1.
  init(der: [UInt8]) throws(KeyProblem) {
    guard let root = try? DER.parse(der), let body = Self.children(root)?.first, let fields = Self.children(body),
      // An explicit version stands before the serial number in all but the oldest certificates.
      case let start = fields.first?.identifier.tagClass == .contextSpecific ? 1 : 0, fields.count >= start + 6,
      fields[start].identifier == .integer, case .primitive(let serial) = fields[start].content,
      let validity = Self.children(fields[start + 3]), validity.count == 2, let from = Self.moment(validity[0]),
      let until = Self.moment(validity[1])
    else { throw KeyProblem("is no certificate") }
    let digits = Hexadecimal.encode(Array(serial)).uppercased().drop { $0 == "0" }
    self.serial = String(digits)
    notBefore = from
    notAfter = until
    subjectPublicKeyInfo = Array(fields[start + 5].encodedBytes)
  }

  func namedKey() throws(KeyProblem) -> NamedPublicKey {
    NamedPublicKey(id: serial, key: try PublicKey(subjectPublicKeyInfo: subjectPublicKeyInfo), notAfter: notAfter)
  }

  private static func children(_ node: ASN1Node) -> [ASN1Node]? {
    guard case .constructed(let nodes) = node.content else { return nil }
    return Array(nodes)
  }

  /// `YYMMDDhhmmssZ`, or the same with a year of four digits.
  private static func moment(_ node: ASN1Node) -> Int64? {
    guard case .primitive(let bytes) = node.content else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
    let digits = Array(text.utf8)
    let full: [UInt8]
    switch (node.identifier, digits.count) {
    case (.utcTime, 13): full = Array((digits[0] < UInt8(ascii: "5") ? "20" : "19").utf8) + digits
    case (.generalizedTime, 15): full = digits
    default: return nil
    }
    func part(_ range: Range<Int>) -> String { String(decoding: full[range], as: UTF8.self) }
    let date = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<15))"
    return Moments.read(date, unit: .rfc3339)
  }
}
