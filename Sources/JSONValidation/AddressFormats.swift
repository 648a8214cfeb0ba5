// Host names, network addresses and mailboxes.

enum AddressFormats {
  /// RFC 1123: labels of letters, digits and inner hyphens.
  static func isHostname(_ text: Span<UInt8>) -> Bool {
    guard (1...253).contains(text.count) else { return false }
    var labelStart = 0
    for index in 0...text.count {
      if index < text.count, text[index] != UInt8(ascii: ".") {
        guard text[index].isLetterOrDigit || text[index] == UInt8(ascii: "-") else { return false }
        continue
      }
      guard (1...63).contains(index - labelStart), text[labelStart] != UInt8(ascii: "-"),
        text[index - 1] != UInt8(ascii: "-")
      else { return false }
      labelStart = index + 1
    }
    return true
  }

  /// RFC 2673, section 3.2: four decimal numbers. Leading zeros are octal to some readers, and refused.
  static func isIPv4(_ text: Span<UInt8>) -> Bool {
    var index = 0
    for part in 0..<4 {
      let start = index
      if part > 0, !text.skip(".", at: &index) { return false }
      let first = part > 0 ? start + 1 : start
      guard let digits = text.skipDigits(at: &index), digits <= 3, digits == 1 || text[first] != UInt8(ascii: "0")
      else { return false }
      var value = 0
      for place in first..<index { value = value * 10 + Int(text[place] - UInt8(ascii: "0")) }
      guard value <= 255 else { return false }
    }
    return index == text.count
  }

  /// RFC 4291, section 2.2, without zones.
  static func isIPv6(_ text: Span<UInt8>) -> Bool {
    var (index, groups) = (0, 0)
    var isShortened = false
    if text.byte(at: 0) == UInt8(ascii: ":") {
      guard text.byte(at: 1) == UInt8(ascii: ":") else { return false }
      isShortened = true
      index = 2
    }
    while index < text.count {
      let start = index
      while text.byte(at: index).hexValue != nil { index += 1 }
      if text.byte(at: index) == UInt8(ascii: ".") {
        guard isIPv4(text.extracting(start..<text.count)) else { return false }
        groups += 2
        index = text.count
        break
      }
      guard (1...4).contains(index - start) else { return false }
      groups += 1
      if index == text.count { break }
      guard text.skip(":", at: &index), index < text.count else { return false }
      if text.skip(":", at: &index) {
        guard !isShortened else { return false }
        isShortened = true
      }
    }
    return isShortened ? groups < 8 : groups == 8
  }

  /// RFC 5321, section 4.1.2: a local part, plain or quoted, at a host or at an address in brackets.
  static func isEmail(_ text: Span<UInt8>) -> Bool {
    guard let at = text.indices.last(where: { text[$0] == UInt8(ascii: "@") }), (1...64).contains(at) else {
      return false
    }
    let (local, domain) = (text.extracting(0..<at), text.extracting(at + 1..<text.count))
    guard local[0] == UInt8(ascii: "\"") ? isQuoted(local) : isDotted(local) else { return false }
    guard domain.byte(at: 0) == UInt8(ascii: "[") else { return isHostname(domain) }
    guard domain.count > 2, domain[domain.count - 1] == UInt8(ascii: "]") else { return false }
    let address = domain.extracting(1..<domain.count - 1)
    return isIPv4(address) || isTaggedIPv6(address)
  }

  private static func isTaggedIPv6(_ address: Span<UInt8>) -> Bool {
    let tag: StaticString = "IPv6:"
    guard address.count > tag.utf8CodeUnitCount else { return false }
    let matches = Array("IPv6:".utf8).enumerated().allSatisfy { address[$0.offset] == $0.element }
    return matches && isIPv6(address.extracting(tag.utf8CodeUnitCount..<address.count))
  }

  private static func isDotted(_ local: Span<UInt8>) -> Bool {
    var previous = UInt8(ascii: ".")
    for index in local.indices {
      let byte = local[index]
      if byte == UInt8(ascii: ".") {
        guard previous != byte else { return false }
      } else {
        guard byte.isLetterOrDigit || byte.isOneOf("!#$%&'*+-/=?^_`{|}~") else { return false }
      }
      previous = byte
    }
    return previous != UInt8(ascii: ".")
  }

  private static func isQuoted(_ local: Span<UInt8>) -> Bool {
    guard local.count >= 2, local[local.count - 1] == UInt8(ascii: "\"") else { return false }
    var index = 1
    while index < local.count - 1 {
      if local[index] == UInt8(ascii: "\\") { index += 1 } else if local[index] == UInt8(ascii: "\"") { return false }
      guard index < local.count - 1, (0x20...0x7E).contains(local[index]) else { return false }
      index += 1
    }
    return true
  }
}

extension UInt8 {
  var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
  var isLetterOrDigit: Bool { isLetter || isDigit }

  func isOneOf(_ characters: StaticString) -> Bool {
    for index in 0..<characters.utf8CodeUnitCount where unsafe characters.utf8Start[index] == self { return true }
    return false
  }
}
