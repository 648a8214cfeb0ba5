// Escapes what log lines carry.

import Logging

enum LogText {
  /// Longer values are cut: a log line is for finding things, not for keeping them.
  static let longestValue = 8192

  /// Control characters escaped, everything else as it is.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnprintable) || text.utf8.count > longestValue else { return text }
    return cut(text).unicodeScalars.map { isUnprintable($0) ? escape($0) : String($0) }.joined()
  }

  /// As it is when nothing in it could be misread in `key=value`, else quoted.
  static func bare(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    return isPlain && text.utf8.count <= longestValue ? text : quoted(text)
  }

  /// A JSON string.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in cut(text).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where isUnprintable(scalar): result += escape(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func json(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): return quoted(text)
    case .stringConvertible(let number as Int): return "\(number)"
    case .stringConvertible(let truth as Bool): return "\(truth)"
    case .stringConvertible(let number as Double) where number.isFinite: return "\(number)"
    case .stringConvertible(let value): return quoted(value.description)
    case .array(let values): return "[" + values.map(json).joined(separator: ",") + "]"
    case .dictionary(let members):
      let pairs = members.sorted { $0.key < $1.key }.map { quoted($0.key) + ":" + json($0.value) }
      return "{" + pairs.joined(separator: ",") + "}"
    }
  }

  static func plain(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .stringConvertible(let value): value.description
    case .array, .dictionary: json(value)
    }
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > longestValue else { return text }
    return String(decoding: text.utf8.prefix(longestValue), as: UTF8.self) + "…"
  }

  /// C0 and C1 controls, and the line separators that some viewers break at.
  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
  }
}
