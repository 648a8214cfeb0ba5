// Durations as people write them in settings and workflow files, and as clocks and metrics want them.

extension Duration {
  /// Reads a whole number with a unit: `500ms`, `10s`, `5m`, `72h`, `3d`; a bare `0` is no time at all.
  package init?(millraceText text: String) {
    let digits = text.utf8.prefix { (48...57).contains($0) }
    guard !digits.isEmpty, let number = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
    let factor: Int64
    switch String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self) {
    case "ms": factor = 1
    case "s": factor = 1000
    case "m": factor = 60_000
    case "h": factor = 3_600_000
    case "d": factor = 86_400_000
    case "" where number == 0: factor = 1
    default: return nil
    }
    let (milliseconds, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    self = .milliseconds(milliseconds)
  }

  /// Whole milliseconds, the rest cut off.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  package var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// The shortest text that `init(millraceText:)` reads back, to the millisecond.
  package var millraceText: String {
    let value = milliseconds
    guard value != 0 else { return "0s" }
    for (unit, factor) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
    where value % factor == 0 {
      return "\(value / factor)\(unit)"
    }
    return "\(value)ms"
  }
}
