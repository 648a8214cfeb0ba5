// Bytes of a text body become a string, by their charset; bytes that do not fit it are an error, not question marks.

import Foundation

package enum TextDecoding {
  package static func decode(_ bytes: [UInt8], charset: String?) throws(BodyError) -> String {
    switch (charset ?? "utf-8").lowercased() {
    case let name where isUTF8(name): return try utf8(bytes)
    case "iso-8859-1", "latin1", "iso8859-1", "iso_8859-1":
      var text = String.UnicodeScalarView()
      text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
      return String(text)
    case "utf-16": return try utf16(bytes, bigEndian: nil)
    case "utf-16be": return try utf16(bytes, bigEndian: true)
    case "utf-16le": return try utf16(bytes, bigEndian: false)
    case "windows-1252", "cp1252": return try foundation(bytes, .windowsCP1252, name: "windows-1252")
    case "shift_jis", "shift-jis": return try foundation(bytes, .shiftJIS, name: "shift_jis")
    case "euc-jp":
      guard let text = shiftJIS(eucJP: bytes) else { throw BodyError(.charset, "the text is not valid euc-jp") }
      return try foundation(text, .shiftJIS, name: "euc-jp")
    case "gbk", "gb2312", "gb18030": return try foundation(bytes, chinese, name: "gbk")
    default: throw BodyError(.charset, "the charset \"\(charset ?? "")\" is not known; send UTF-8")
    }
  }

  /// ASCII is a part of it.
  static func isUTF8(_ charset: String) -> Bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].contains(charset.lowercased())
  }

  static func utf8(_ bytes: [UInt8], at offset: Int = 0) throws(BodyError) -> String {
    if let text = String(validating: withoutMark(bytes), as: UTF8.self) { return text }
    throw BodyError(.charset, "the text is not valid UTF-8", at: offset + firstInvalid(bytes))
  }

  /// A byte order mark is no part of a text, nor of JSON, but programs on Windows write it (RFC 8259, section 8.1, lets
  /// us ignore it).
  package static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
  }

  private static func firstInvalid(_ bytes: [UInt8]) -> Int {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return 0
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  private static func utf16(_ bytes: [UInt8], bigEndian: Bool?) throws(BodyError) -> String {
    guard bytes.count.isMultiple(of: 2) else {
      throw BodyError(.charset, "UTF-16 text has an odd number of bytes", at: bytes.count - 1)
    }
    var isBig = bigEndian ?? true
    var start = 0
    if bytes.starts(with: [0xFE, 0xFF]), bigEndian != false { start = 2 }
    if bytes.starts(with: [0xFF, 0xFE]), bigEndian != true {
      start = 2
      isBig = false
    }
    let (high, low) = isBig ? (0, 1) : (1, 0)
    let units = stride(from: start, to: bytes.count, by: 2).map { index in
      UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw BodyError(.charset, "the text is not valid UTF-16")
    }
    return text
  }

  /// GB 18030, which contains GBK and GB 2312, by its number in Core Foundation.
  private static let chinese = String.Encoding(rawValue: 0x8000_0632)

  private static func foundation(
    _ bytes: [UInt8], _ encoding: String.Encoding, name: String
  ) throws(BodyError) -> String {
    guard let text = String(bytes: bytes, encoding: encoding) else {
      throw BodyError(.charset, "the text is not valid \(name)")
    }
    return text
  }
}
