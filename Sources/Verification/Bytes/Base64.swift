// Base64 as signatures and keys use it (RFC 4648): strict, because two texts for one signature help only an attacker.

enum Base64 {
  enum Alphabet { case standard, url }

  /// What may stand at the end.
  enum Ending {
    /// `=` up to four digits, and no bits beyond the last byte.
    case padded
    /// With or without `=`, and no bits beyond the last byte.
    case optionalPadding
    /// As `optionalPadding`, whatever the last bits are: keys made of random letters have them.
    case anyBits
  }

  static func decode(
    _ text: some Collection<UInt8>, alphabet: Alphabet = .standard, ending: Ending = .padded
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var (bits, count, digits, padding): (UInt32, Int, Int, Int) = (0, 0, 0, 0)
    for character in text {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let value = value(of: character, in: alphabet) else { return nil }
      bits = bits << 6 | UInt32(value)
      (count, digits) = (count + 6, digits + 1)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    guard digits % 4 != 1 else { return nil }
    let missing = (4 - digits % 4) % 4
    guard padding == missing || (padding == 0 && ending != .padded) else { return nil }
    guard ending == .anyBits || bits & (1 << UInt32(count) - 1) == 0 else { return nil }
    return bytes
  }

  static func decode(_ text: String, alphabet: Alphabet = .standard, ending: Ending = .padded) -> [UInt8]? {
    decode(text.utf8, alphabet: alphabet, ending: ending)
  }

  static func encode(_ bytes: some Collection<UInt8>, alphabet: Alphabet = .standard) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(digit(UInt8(truncatingIfNeeded: bits >> UInt32(count)) & 63, in: alphabet))
      }
    }
    if count > 0 { text.append(digit(UInt8(truncatingIfNeeded: bits << UInt32(6 - count)) & 63, in: alphabet)) }
    if alphabet == .standard { while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) } }
    return String(decoding: text, as: UTF8.self)
  }

  private static func value(of character: UInt8, in alphabet: Alphabet) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+") where alphabet == .standard, UInt8(ascii: "-") where alphabet == .url: 62
    case UInt8(ascii: "/") where alphabet == .standard, UInt8(ascii: "_") where alphabet == .url: 63
    default: nil
    }
  }

  private static func digit(_ value: UInt8, in alphabet: Alphabet) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: alphabet == .standard ? "+" : "-")
    default: UInt8(ascii: alphabet == .standard ? "/" : "_")
    }
  }
}
