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
    /// In a notation that is read up to 64 bits.
    case tooLong
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
    if text.hasPrefix("0o") { return bits(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return bits(text.dropFirst(2), radix: 16) }
    return number(text).map(Scalar.number) ?? .string
  }

  private static func bits(_ digits: Substring, radix: Int) -> Scalar {
    let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && ($0.hexDigitValue ?? radix) < radix }
    guard isNumber else { return .string }
    guard let value = UInt64(digits, radix: radix) else { return .tooLong }
    return .number(Int64(exactly: value).map(JSON.int) ?? .number(String(value)))
  }

  /// A decimal number, exact: what is no whole number of 64 bits stays as it is written. Nil when the text is none.
  static func number(_ text: String) -> JSON? {
    guard let parts = DecimalParts(text) else { return nil }
    let sign = parts.isNegative ? "-" : ""
    if parts.isWhole {
      if let whole = Int64(sign + parts.whole) { return .int(whole) }
      return .number(sign + parts.whole)
    }
    return .number(sign + parts.whole + (parts.fraction.isEmpty ? "" : ".\(parts.fraction)") + parts.exponent)
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
