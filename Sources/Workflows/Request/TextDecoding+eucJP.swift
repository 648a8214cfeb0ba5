// EUC-JP as Shift_JIS: Foundation on Linux has no decoder for the one, and both spell the characters of JIS X 0208.

extension TextDecoding {
  /// Nil for bytes that are no EUC-JP, and for the rare characters of JIS X 0212, which Shift_JIS does not have.
  static func shiftJIS(eucJP bytes: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let first = rest.popFirst() {
      switch first {
      case ..<0x80: result.append(first)
      case 0x8E:
        guard let kana = rest.popFirst(), (0xA1...0xDF).contains(kana) else { return nil }
        result.append(kana)
      case 0xA1...0xFE:
        guard let second = rest.popFirst(), (0xA1...0xFE).contains(second) else { return nil }
        // Shift_JIS has two rows of 94 characters behind each first byte.
        let (row, cell) = (first - 0xA1, second - 0xA1)
        result.append(row / 2 + (row < 62 ? 0x81 : 0xC1))
        result.append(row.isMultiple(of: 2) ? cell + (cell < 63 ? 0x40 : 0x41) : cell + 0x9F)
      default: return nil
      }
    }
    return result
  }
}
