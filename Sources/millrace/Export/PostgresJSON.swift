// JSON as `jsonb` takes it. RFC 8259 allows more: NUL characters, halves of surrogate pairs, and numbers of any size.
// https://www.postgresql.org/docs/current/datatype-json.html

import JSONCodec

/// One pass over a text that is known to be JSON.
struct PostgresJSON {
  /// What `numeric` holds before and behind the point.
  private static let mostDigits = (before: 131_072, behind: 16_383)

  /// NUL is left out, half a pair becomes U+FFFD, and a number that is too large or too fine becomes a string.
  static func bytes(of value: JSON) -> [UInt8] {
    var pass = PostgresJSON(Array(value.text.utf8))
    pass.run()
    return pass.output
  }

  private let source: [UInt8]
  private var output: [UInt8] = []
  private var position = 0

  private init(_ source: [UInt8]) {
    self.source = source
    output.reserveCapacity(source.count)
  }

  private mutating func run() {
    while position < source.count {
      switch source[position] {
      case UInt8(ascii: "\""): takeString()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): takeNumber()
      default: take(1)
      }
    }
  }

  /// Copies so many bytes as they are.
  private mutating func take(_ count: Int) {
    let end = min(position + count, source.count)
    output += source[position..<end]
    position = end
  }

  private mutating func takeString() {
    take(1)
    while position < source.count {
      let end = source[position...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      take((end ?? source.count) - position)
      guard position < source.count, source[position] == UInt8(ascii: "\\") else { return take(1) }
      takeEscape()
    }
  }

  private mutating func takeEscape() {
    guard let unit = codeUnit(at: position) else { return take(2) }
    switch unit {
    case 0:
      position += 6
    case 0xD800...0xDBFF:
      if let next = codeUnit(at: position + 6), (0xDC00...0xDFFF).contains(next) {
        take(12)
      } else {
        replaceEscape()
      }
    case 0xDC00...0xDFFF:
      replaceEscape()
    default:
      take(6)
    }
  }

  private mutating func replaceEscape() {
    output += Array(#"\ufffd"#.utf8)
    position += 6
  }

  /// Of `\uXXXX`; nil for anything else.
  private func codeUnit(at start: Int) -> UInt16? {
    guard start + 6 <= source.count, source[start] == UInt8(ascii: "\\"), source[start + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt16(String(decoding: source[(start + 2)..<(start + 6)], as: UTF8.self), radix: 16)
  }

  private mutating func takeNumber() {
    let isPart: (UInt8) -> Bool = { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    let end = source[position...].firstIndex { !isPart($0) } ?? source.count
    let fits = Self.fits(source[position..<end])
    if !fits { output.append(UInt8(ascii: "\"")) }
    take(end - position)
    if !fits { output.append(UInt8(ascii: "\"")) }
  }

  private static func fits(_ number: ArraySlice<UInt8>) -> Bool {
    let parts = number.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    let digits = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let exponent = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) : 0,
      (-1_000_000...1_000_000).contains(exponent)
    else { return false }
    let before = digits[0].count { $0 != UInt8(ascii: "-") } + exponent
    let behind = (digits.count > 1 ? digits[1].count : 0) - exponent
    return before <= mostDigits.before && behind <= mostDigits.behind
  }
}
