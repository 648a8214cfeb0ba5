// Percent encoding for the parts of a URL that a workflow fills in (RFC 3986, section 2.1; WHATWG URL for forms).

enum PercentEncoding {
  /// A name or value of a query: everything but unreserved characters.
  static func component(_ text: String) -> String {
    encode(text) { isAlphanumeric($0) || "-._~".utf8.contains($0) }
  }

  /// A name or value of a form, where a blank becomes a plus sign.
  static func form(_ text: String) -> String {
    encode(text, blank: UInt8(ascii: "+")) { isAlphanumeric($0) || "*-._".utf8.contains($0) }
  }

  /// A whole URL: only what cannot stand in one, so that what is encoded already stays as it is.
  static func url(_ text: String) -> String {
    encode(text) { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func encode(_ text: String, blank: UInt8? = nil, keeping isKept: (UInt8) -> Bool) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isKept(byte) {
        output.append(byte)
      } else if byte == 0x20, let blank {
        output.append(blank)
      } else {
        output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
