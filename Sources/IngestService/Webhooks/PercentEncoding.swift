// Percent-encoded parts of a path (RFC 3986 2.1).

enum PercentEncoding {
  /// Nil when an escape is broken or the bytes are not UTF-8.
  static func decoded(_ text: Substring) -> String? {
    guard text.firstIndex(ofASCII: "%") != nil else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
