// One entry of an allow list as people write it: a block of addresses, or the name of a list file.

package enum AddressEntry: Sendable, Equatable, CustomStringConvertible {
  case range(AddressRange)
  /// The file `NAME.txt` in MILLRACE_ADDRESSES_DIR.
  case list(String)

  /// Reads `203.0.113.0/24`, `2001:db8::/32`, `192.0.2.7` or `github-hooks`.
  package init?(_ text: String) {
    if let range = AddressRange(text) {
      self = .range(range)
    } else if Self.isName(text) {
      self = .list(text)
    } else {
      return nil
    }
  }

  package var description: String {
    switch self {
    case .range(let range): range.description
    case .list(let name): name
    }
  }

  /// A letter, then letters, digits and hyphens, in lower case, 64 at most: no address, and no path to another file.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }
}
