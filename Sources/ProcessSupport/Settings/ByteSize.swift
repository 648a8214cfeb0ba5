// An amount of bytes as people write it in settings and workflow files.

package struct ByteSize: Sendable, Hashable, CustomStringConvertible {
  package let bytes: Int

  package init(bytes: Int) {
    self.bytes = bytes
  }

  /// Reads a whole number with an optional unit: `100`, `100B`, `512KB`, `10MB`, `1GB`, in any letter case. A unit is
  /// 1024 times the one before it, as in Redis and nginx; `KiB`, `MiB`, `GiB` mean the same.
  package init?(_ text: String) {
    let digits = text.utf8.prefix { (48...57).contains($0) }
    guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    let shift: Int
    switch String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self).lowercased() {
    case "", "b": shift = 0
    case "k", "kb", "kib": shift = 10
    case "m", "mb", "mib": shift = 20
    case "g", "gb", "gib": shift = 30
    default: return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }

  package var description: String {
    for (unit, shift) in [("GB", 30), ("MB", 20), ("KB", 10)] where bytes != 0 && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)"
  }
}
