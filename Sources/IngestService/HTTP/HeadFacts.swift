// What a request's head says about the connection and the body behind it.

import NIOHTTP1

#if canImport(Glibc)
  import Glibc
#endif

/// Collected in one walk through the header fields: a look-up by name is such a walk too.
struct HeadFacts: Sendable {
  private(set) var contentType: String?
  private(set) var requestID: String?
  private(set) var declaredLength: Int?
  private(set) var isChunked = false
  /// A transfer coding besides `chunked`, or that one twice.
  private(set) var hasOtherCoding = false
  /// A content coding: the body is compressed.
  private(set) var isCompressed = false
  private(set) var hostCount = 0
  private(set) var offersUpgrade = false
  private(set) var expectsContinue = false
  /// Bytes of all names and values.
  private(set) var size = 0
  /// False also when two names only look alike at a glance.
  private(set) var hasDistinctNames = true
  /// Whether blanks stand behind a value, which are no part of it (RFC 9112 5) and which the parser leaves there.
  private(set) var hasTrailingBlanks = false

  init(_ head: HTTPRequestHead) {
    var seen: UInt64 = 0
    for (name, value) in head.headers {
      let length = name.utf8.count
      size += length + value.utf8.count
      let mark: UInt64 = 1 << UInt64((length &* 7 &+ Int((name.utf8.last ?? 0) | 0x20)) & 63)
      if seen & mark != 0 { hasDistinctNames = false }
      seen |= mark
      if value.utf8.last.isBlank { hasTrailingBlanks = true }
      switch length {
      case 4 where name.isSameWord(as: "host"): hostCount += 1
      case 6 where name.isSameWord(as: "expect"):
        expectsContinue = head.version.minor >= 1 && value.isSameWord(as: "100-continue")
      case 7 where name.isSameWord(as: "upgrade"): offersUpgrade = true
      case 12 where contentType == nil && name.isSameWord(as: "content-type"): contentType = value
      case 12 where requestID == nil && name.isSameWord(as: "x-request-id"): requestID = value
      case 14 where declaredLength == nil && name.isSameWord(as: "content-length"):
        // The parser lets digits pass alone; a number that is too large for us is a length all the same.
        declaredLength = Int(value) ?? .max
      case 16 where name.isSameWord(as: "content-encoding"):
        isCompressed = isCompressed || Self.namesCompression(value)
      case 17 where name.isSameWord(as: "transfer-encoding"):
        hasOtherCoding = isChunked || !value.isSameWord(as: "chunked")
        isChunked = true
      default: break
      }
    }
  }

  /// Other words than these are no compression, whatever their sender means by them.
  private static func namesCompression(_ codings: String) -> Bool {
    codings.lowercased().split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" })
      .contains { ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"].contains($0) }
  }

  var hasBody: Bool { (declaredLength ?? 0) > 0 || isChunked }
  /// Whether a request that is answered before its body has come may be read to its end, for the next one behind it: a
  /// new connection costs more than a few kilobytes. Who asks before it sends a body may not send one at all.
  var isSoonOver: Bool { !hasBody || !isChunked && !expectsContinue && (declaredLength ?? 0) <= Self.longestDrain }

  private static let longestDrain = 65_536
}

extension HTTPHeaders {
  var withoutTrailingBlanks: HTTPHeaders {
    HTTPHeaders(
      map { name, value in
        var bytes = value.utf8[...]
        while bytes.last.isBlank { bytes.removeLast() }
        return (name, String(Substring(bytes)))
      })
  }
}

extension UInt8? {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension String {
  /// `word` is in lower case; names of fields are compared without case (RFC 9110 5.1), and so are codings.
  func isSameWord(as word: StaticString) -> Bool {
    utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.count == word.utf8CodeUnitCount else { return false }
      for (index, byte) in bytes.enumerated() {
        let isUpperCase = (0x41...0x5A).contains(byte)
        if (isUpperCase ? byte | 0x20 : byte) != word.utf8Start[index] { return false }
      }
      return true
    } ?? (lowercased() == word.description)
  }
}

extension StringProtocol {
  /// One call instead of a look at each character; `character` is ASCII.
  func firstIndex(ofASCII character: Unicode.Scalar) -> Index? {
    let offset = utf8.withContiguousStorageIfAvailable { bytes -> Int? in
      guard let start = bytes.baseAddress, let found = memchr(start, Int32(character.value), bytes.count) else {
        return nil
      }
      return UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }
    guard let offset else { return utf8.firstIndex(of: UInt8(character.value)) }
    return offset.map { utf8.index(startIndex, offsetBy: $0) }
  }
}
