// The labels of one metric, as Prometheus writes them.

struct MetricLabels: Sendable, Equatable {
  /// `{method="POST",status="200"}`, or nothing.
  let text: String
  private let inner: String

  /// Sorted by name, so that the order in which code names them makes no difference.
  init(_ labels: [(String, String)]) {
    let names = labels.map(\.0)
    precondition(
      names.allSatisfy { MetricLabels.isName($0) && !$0.contains(":") } && Set(names).count == names.count,
      "labels need distinct names of letters, digits and underscores: \(names)")
    let sorted = labels.sorted { $0.0 < $1.0 }
    inner = sorted.map { "\($0.0)=\"\(MetricLabels.escapedValue($0.1))\"" }.joined(separator: ",")
    text = inner.isEmpty ? "" : "{\(inner)}"
  }

  func text(with name: String, _ value: String) -> String {
    "{\(inner.isEmpty ? "" : inner + ",")\(name)=\"\(value)\"}"
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: ":")
    }
  }

  static func escapedHelp(_ text: String) -> String {
    escaped(text, quotes: false)
  }

  private static func escapedValue(_ text: String) -> String {
    escaped(text, quotes: true)
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
