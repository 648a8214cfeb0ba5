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
  private(set) var offersUpgrade = false
  private(set) var expectsContinue = false
  /// Bytes of all names and values.
  private(set) var size = 0
  /// False also when two names only look alike at a glance.
  private(set) var hasDistinctNames = true

  init(_ head: HTTPRequestHead) {
    var seen: UInt64 = 0
    for (name, value) in head.headers {
      let length = name.utf8.count
      size += length + value.utf8.count
      let mark: UInt64 = 1 << UInt64((length &* 7 &+ Int((name.utf8.last ?? 0) | 0x20)) & 63)
      if seen & mark != 0 { hasDistinctNames = false }
      seen |= mark
      switch length {
      case 6 where name.isHeader("expect"):
        expectsContinue = head.version.minor >= 1 && value.lowercased() == "100-continue"
      case 7 where name.isHeader("upgrade"): offersUpgrade = true
      case 12 where contentType == nil && name.isHeader("content-type"): contentType = value
      case 12 where requestID == nil && name.isHeader("x-request-id"): requestID = value
      case 14 where declaredLength == nil && name.isHeader("content-length"): declaredLength = Int(value)
      case 17 where name.isHeader("transfer-encoding"): isChunked = true
      default: break
      }
    }
  }

  var hasBody: Bool { (declaredLength ?? 0) > 0 || isChunked }
  /// Whether a request that is answered before its body has come may be read to its end, for the next one behind it: a
  /// new connection costs more than a few kilobytes. Who asks before it sends a body may not send one at all.
  var isSoonOver: Bool { !hasBody || !isChunked && !expectsContinue && (declaredLength ?? 0) <= Self.longestDrain }

  private static let longestDrain = 65_536
}

extension String {
  /// `name` is in lower case; field names are compared without case (RFC 9110 5.1).
  func isHeader(_ name: StaticString) -> Bool {
    utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.count == name.utf8CodeUnitCount else { return false }
      for (index, byte) in bytes.enumerated() {
        let isUpperCase = (0x41...0x5A).contains(byte)
        if (isUpperCase ? byte | 0x20 : byte) != name.utf8Start[index] { return false }
      }
      return true
    } ?? (lowercased() == name.description)
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
