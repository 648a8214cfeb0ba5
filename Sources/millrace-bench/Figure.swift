// Numbers as people read them.

enum Figure {
  /// `31,204`
  static func rate(_ value: Double?) -> String {
    guard let value else { return "-" }
    return grouped(Int(value.rounded()))
  }

  static func grouped(_ value: Int) -> String {
    var digits = Array(String(value).reversed())
    for position in stride(from: 3, to: digits.count, by: 4) { digits.insert(",", at: position) }
    return String(digits.reversed())
  }

  /// `1.69 ms`
  static func milliseconds(_ seconds: Double?) -> String {
    guard let seconds else { return "-" }
    return "\(fixed(seconds * 1000)) ms"
  }

  /// `1.24`
  static func ratio(_ value: Double?) -> String {
    value.map { fixed($0) } ?? "-"
  }

  /// `23.5 GB`, `14.2 MB`
  static func bytes(_ value: Int?) -> String {
    guard let value else { return "-" }
    let isLarge = value >= 1 << 30
    return "\(fixed(Double(value) / Double(isLarge ? 1 << 30 : 1 << 20), digits: 1)) \(isLarge ? "GB" : "MB")"
  }

  private static func fixed(_ value: Double, digits: Int = 2) -> String {
    let scale = digits == 1 ? 10 : 100
    let scaled = Int((value * Double(scale)).rounded())
    let fraction = String(scaled % scale + scale).dropFirst()
    return "\(scaled / scale).\(fraction)"
  }
}
