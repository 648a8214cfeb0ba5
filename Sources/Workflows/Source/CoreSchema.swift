// How a plain YAML scalar reads: the core schema of YAML 1.2.2, section 10.3.2. `yes`, `no`, `on`, `off` are text.

import JSONCodec

enum CoreSchema {
  enum Scalar {
    case null
    case bool(Bool)
    case number(JSON)
    case string
    /// `.inf` and `.nan`, which JSON cannot say.
    case notFinite
  }

  static func resolve(_ text: String) -> Scalar {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .notFinite
    default: break
    }
    let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
    if [".inf", ".Inf", ".INF"].contains(unsigned) { return .notFinite }
    guard let first = unsigned.utf8.first, first == UInt8(ascii: ".") || (48...57).contains(first) else {
      return .string
    }
    if let number = number(text) { return .number(number) }
    return .string
  }

  /// Whole numbers exact, those beyond 64 bits as their text; nil when the text is no number of the core schema.
  static func number(_ text: String) -> JSON? {
    if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).flatMap { digitsOnly(text) ? .int($0) : nil } }
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).flatMap { digitsOnly(text) ? .int($0) : nil } }
    guard let parts = DecimalParts(text) else { return nil }
    let sign = parts.isNegative ? "-" : ""
    if parts.isWhole {
      if let whole = Int64(sign + parts.whole) { return .int(whole) }
      return .number(sign + parts.whole)
    }
    let canonical = "\(sign)\(parts.whole)" + (parts.fraction.isEmpty ? "" : ".\(parts.fraction)") + parts.exponent
    guard let value = Double(canonical), value.isFinite, parts.digitCount <= 15 else { return .number(canonical) }
    return .double(value)
  }

  private static func digitsOnly(_ text: String) -> Bool {
    text.dropFirst(2).allSatisfy(\.isHexDigit)
  }
}

/// The pieces of `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, made fit for JSON.
private struct DecimalParts {
  var isNegative = false
  var whole = ""
  var fraction = ""
  /// `e-7`, or nothing.
  var exponent = ""
  var isWhole: Bool { !hasPoint && exponent.isEmpty }
  var digitCount: Int { whole.count + fraction.count }
  private var hasPoint = false

  init?(_ text: String) {
    var rest = text.utf8[...]
    func digits() -> String {
      let run = rest.prefix { (48...57).contains($0) }
      rest = rest.dropFirst(run.count)
      return String(decoding: run, as: UTF8.self)
    }
    func take(_ characters: String) -> Character? {
      guard let byte = rest.first, characters.utf8.contains(byte) else { return nil }
      rest = rest.dropFirst()
      return Character(Unicode.Scalar(byte))
    }
    isNegative = take("+-") == "-"
    let leading = digits()
    whole = String(leading.drop { $0 == "0" })
    if whole.isEmpty { whole = "0" }
    if take(".") != nil {
      hasPoint = true
      fraction = digits()
    }
    guard !leading.isEmpty || !fraction.isEmpty else { return nil }
    if take("eE") != nil {
      let sign = take("+-").map(String.init) ?? ""
      let power = digits()
      guard !power.isEmpty else { return nil }
      exponent = "e" + sign + power
    }
    guard rest.isEmpty else { return nil }
  }
}
