// Percent-encoding (RFC 3986) of queries, forms and paths, on bytes.

enum PercentCoding {
  /// A `%` without two hexadecimal digits after it stays as it is.
  static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      if byte == UInt8(ascii: "%"), let (value, next) = escaped(in: bytes, at: index) {
        decoded.append(value)
        index = next
      } else {
        decoded.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
      }
    }
    return decoded
  }

  /// Everything but letters, digits and `-._~` is escaped.
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var encoded: [UInt8] = []
    for byte in bytes {
      if isUnreserved(byte) {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        for digit in Hexadecimal.encode([byte]).utf8 {
          encoded.append(digit >= UInt8(ascii: "a") ? digit - 32 : digit)
        }
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func escaped<Bytes: Collection<UInt8>>(
    in bytes: Bytes, at start: Bytes.Index
  ) -> (UInt8, Bytes.Index)? {
    guard start != bytes.endIndex, let high = Hexadecimal.value(of: bytes[start]) else { return nil }
    let second = bytes.index(after: start)
    guard second != bytes.endIndex, let low = Hexadecimal.value(of: bytes[second]) else { return nil }
    return (high << 4 | low, bytes.index(after: second))
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
