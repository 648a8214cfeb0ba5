// Percent encoding (RFC 3986, section 2.1) of paths, and with "+" for blanks of forms.

package enum PercentCoding {
  /// Nil for a broken escape or for bytes that are no UTF-8.
  package static func decode(_ text: some Collection<UInt8>) -> String? {
    guard text.contains(UInt8(ascii: "%")) else { return String(validating: Array(text), as: UTF8.self) }
    guard case .decoded(let bytes) = bytes(text, plusIsBlank: false) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  package enum Outcome {
    case decoded([UInt8])
    /// How many bytes before the broken escape.
    case broken(Int)
  }

  package static func bytes(_ text: some Collection<UInt8>, plusIsBlank: Bool) -> Outcome {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      text.formIndex(after: &index)
      switch byte {
      case UInt8(ascii: "+") where plusIsBlank: result.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        let offset = text.distance(from: text.startIndex, to: index) - 1
        guard index < text.endIndex, let high = digit(text[index]) else { return .broken(offset) }
        text.formIndex(after: &index)
        guard index < text.endIndex, let low = digit(text[index]) else { return .broken(offset) }
        text.formIndex(after: &index)
        result.append(high << 4 | low)
      default: result.append(byte)
      }
    }
    return .decoded(result)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
