// Percent-encoded parts of a path (RFC 3986 2.1).

import Workflows

enum PercentEncoding {
  /// Nil when an escape is broken or the bytes are not UTF-8.
  static func decoded(_ text: Substring) -> String? {
    text.firstIndex(ofASCII: "%") == nil ? String(text) : PercentCoding.decode(text.utf8)
  }

  /// Why a path cannot be decoded; nil when it can.
  static func fault(in path: String) -> String? {
    guard decoded(path[...]) == nil else { return nil }
    guard case .broken(let offset) = PercentCoding.bytes(path.utf8, plusIsBlank: false) else {
      return "The path is not UTF-8 when its percent escapes are decoded."
    }
    let escape = String(decoding: path.utf8.dropFirst(offset).prefix(3), as: UTF8.self)
    return "The path has \"\(escape)\", which is no percent escape; a percent sign itself is %25."
  }
}
