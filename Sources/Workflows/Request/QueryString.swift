// `a=1&b[c]=2`: the query of a URL, and bodies of `application/x-www-form-urlencoded`.

package import JSONCodec

package enum QueryString {
  /// An object of texts, lists and objects. Repeated keys become lists.
  package static func parse(_ text: some StringProtocol, limits: BodyLimits = .standard) throws(BodyError) -> JSON {
    try parse(bytes: Array(text.utf8), charset: nil, limits: limits)
  }

  static func parse(bytes: [UInt8], charset: String?, limits: BodyLimits) throws(BodyError) -> JSON {
    var tree = FormTree()
    var count = 0
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
      defer { start = end + 1 }
      guard end > start else { continue }
      count += 1
      guard count <= limits.keys else {
        throw BodyError(.tooMany, "the form has more than \(limits.keys) keys", at: start)
      }
      let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) ?? end
      let key = try decoded(bytes[start..<equals], charset: charset)
      let value = try decoded(bytes[min(equals + 1, end)..<end], charset: charset)
      tree.insert(.string(value), at: try FormKey.path(key, limits: limits, at: start))
    }
    return tree.rootObject
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>, charset: String?) throws(BodyError) -> String {
    switch PercentCoding.bytes(bytes, plusIsBlank: true) {
    case .broken(let offset):
      throw BodyError(
        .malformed, "\"%\" must be followed by two hexadecimal digits", at: bytes.startIndex + offset)
    case .decoded(let decoded):
      guard let charset else { return try TextDecoding.utf8(decoded, at: bytes.startIndex) }
      return try TextDecoding.decode(decoded, charset: charset)
    }
  }
}
