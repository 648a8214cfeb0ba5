// The categories of \p{…} in RE2's words. RE2 has no name for the code points that Unicode has not assigned.

enum UnicodeCategory {
  private static let names: Set<String> = [
    "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi",
    "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "C", "Cc", "Cf", "Cn", "Co",
  ]

  /// What stands for a category inside brackets; nil if RFC 9485 has none of that name.
  static func members(of name: String, isComplement: Bool) -> String? {
    guard names.contains(name) else { return nil }
    switch (name, isComplement) {
    case ("C", false): return "\\p{C}" + unassigned
    case ("C", true): return visible
    case ("Cn", false): return unassigned
    case ("Cn", true): return visible + "\\p{C}"
    default: return (isComplement ? "\\P{" : "\\p{") + name + "}"
    }
  }

  private static let visible = "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Z}"

  private static let unassigned: String = {
    var ranges: [ClosedRange<UInt32>] = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory == .unassigned else { continue }
      if let last = ranges.last, last.upperBound + 1 == value {
        ranges[ranges.count - 1] = last.lowerBound...value
      } else {
        ranges.append(value...value)
      }
    }
    func code(_ value: UInt32) -> String { "\\x{\(String(value, radix: 16))}" }
    return ranges.map { code($0.lowerBound) + "-" + code($0.upperBound) }.joined()
  }()
}
