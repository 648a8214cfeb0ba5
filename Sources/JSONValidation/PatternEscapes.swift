// What a backslash in a pattern stands for.

enum PatternEscape {
  case scalar(Unicode.Scalar)
  /// What can stand inside RE2's brackets.
  case members(String)

  var text: String {
    switch self {
    case .scalar(let scalar): PatternTranslation.quoted(scalar)
    case .members(let members): members
    }
  }
}

struct PatternEscapes {
  let scalars: [Unicode.Scalar]
  private(set) var index: Int

  init(scalars: [Unicode.Scalar], index: Int) {
    (self.scalars, self.index) = (scalars, index)
  }

  /// Reads what follows the backslash.
  mutating func read() throws(PatternProblem) -> PatternEscape {
    guard index < scalars.count else { throw PatternProblem(message: "ends with a \"\\\"") }
    let scalar = scalars[index]
    index += 1
    switch scalar {
    case "d", "D", "w", "W": return .members("\\\(scalar)")
    case "s": return .members(Self.spaces)
    case "S": return .members(Self.others)
    case "f": return .scalar("\u{C}")
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "v": return .scalar("\u{B}")
    case "0": return .scalar("\0")
    case "c": return .scalar(try control())
    case "x": return .scalar(try hexadecimal(digits: 2))
    case "u": return .scalar(try unicode())
    case "p", "P": return .members(try property(isComplement: scalar == "P"))
    default:
      guard scalar.isASCII, !UInt8(ascii: scalar).isLetterOrDigit else {
        throw PatternProblem(message: "has a \"\\\(scalar)\", which means nothing")
      }
      return .scalar(scalar)
    }
  }

  /// White space and line ends of ECMA-262, which are more than RE2's.
  private static let spaces =
    "\\t-\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}"

  private static let others =
    "\\x{0}-\\x{8}\\x{E}-\\x{1F}!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}\\x{202A}-\\x{202E}"
    + "\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}\\x{FF00}-\\x{10FFFF}"

  private mutating func control() throws(PatternProblem) -> Unicode.Scalar {
    guard index < scalars.count, scalars[index].isASCII, UInt8(ascii: scalars[index]).isLetter else {
      throw PatternProblem(message: "has a \"\\c\" without a letter")
    }
    index += 1
    return Unicode.Scalar(UInt8(ascii: scalars[index - 1]) & 0x1F)
  }

  private mutating func hexadecimal(digits: Int) throws(PatternProblem) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(try value(digits: digits)) else {
      throw PatternProblem(message: "has half of a surrogate pair")
    }
    return scalar
  }

  private mutating func value(digits: Int) throws(PatternProblem) -> UInt32 {
    let text = String(String.UnicodeScalarView(scalars[index...].prefix(digits)))
    guard text.utf8.count == digits, text.utf8.allSatisfy({ $0.hexValue != nil }), let value = UInt32(text, radix: 16)
    else {
      throw PatternProblem(message: "has a \"\\x\" or \"\\u\" without \(digits) hexadecimal digits")
    }
    index += digits
    return value
  }

  /// `\u00e9`, `\u{1f432}`, or two halves of a surrogate pair.
  private mutating func unicode() throws(PatternProblem) -> Unicode.Scalar {
    if index < scalars.count, scalars[index] == "{" {
      guard let end = scalars[index...].prefix(8).firstIndex(of: "}"), (1...6).contains(end - index - 1) else {
        throw PatternProblem(message: "has a \"\\u{\" without a number and a \"}\"")
      }
      index += 1
      let scalar = try hexadecimal(digits: end - index)
      index += 1
      return scalar
    }
    let first = try value(digits: 4)
    guard (0xD800..<0xDC00).contains(first) else {
      guard let scalar = Unicode.Scalar(first) else { throw PatternProblem(message: "has half of a surrogate pair") }
      return scalar
    }
    guard scalars[index...].starts(with: "\\u".unicodeScalars) else {
      throw PatternProblem(message: "has half of a surrogate pair")
    }
    index += 2
    let second = try value(digits: 4)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar((first & 0x3FF) << 10 + (second & 0x3FF) + 0x10000)
    else { throw PatternProblem(message: "has half of a surrogate pair") }
    return scalar
  }

  /// `\p{Lu}`, `\p{Letter}`, `\p{Script=Greek}` in RE2's words.
  private mutating func property(isComplement: Bool) throws(PatternProblem) -> String {
    guard index < scalars.count, scalars[index] == "{", let end = scalars[index...].prefix(64).firstIndex(of: "}")
    else {
      throw PatternProblem(message: "has a \"\\p\" without a property such as {Lu}")
    }
    let inside = String(String.UnicodeScalarView(scalars[index + 1..<end]))
    index = end + 1
    let parts = inside.split(separator: "=", omittingEmptySubsequences: false)
    let name: String? =
      switch (parts.first, parts.count) {
      case ("Script", 2), ("sc", 2), ("Script_Extensions", 2), ("scx", 2): String(parts[1])
      case ("General_Category", 2), ("gc", 2): Self.categories[String(parts[1])]
      case (_, 1): inside == "Any" ? inside : Self.categories[inside]
      default: nil
      }
    guard let name, name.utf8.allSatisfy({ $0.isLetter || $0 == UInt8(ascii: "_") }) else {
      throw PatternProblem(message: "has a property \(Shown.text(inside)) that is not known here")
    }
    return "\\\(isComplement ? "P" : "p"){\(name)}"
  }

  /// General categories by all their names.
  private static let categories: [String: String] = {
    let names: [String: [String]] = [
      "L": ["Letter"], "Ll": ["Lowercase_Letter"], "Lm": ["Modifier_Letter"], "Lo": ["Other_Letter"],
      "Lt": ["Titlecase_Letter"], "Lu": ["Uppercase_Letter"],
      "M": ["Mark", "Combining_Mark"], "Mc": ["Spacing_Mark"], "Me": ["Enclosing_Mark"], "Mn": ["Nonspacing_Mark"],
      "N": ["Number"], "Nd": ["Decimal_Number", "digit"], "Nl": ["Letter_Number"], "No": ["Other_Number"],
      "P": ["Punctuation", "punct"], "Pc": ["Connector_Punctuation"], "Pd": ["Dash_Punctuation"],
      "Pe": ["Close_Punctuation"], "Pf": ["Final_Punctuation"], "Pi": ["Initial_Punctuation"],
      "Po": ["Other_Punctuation"], "Ps": ["Open_Punctuation"],
      "S": ["Symbol"], "Sc": ["Currency_Symbol"], "Sk": ["Modifier_Symbol"], "Sm": ["Math_Symbol"],
      "So": ["Other_Symbol"],
      "Z": ["Separator"], "Zl": ["Line_Separator"], "Zp": ["Paragraph_Separator"], "Zs": ["Space_Separator"],
      "C": ["Other"], "Cc": ["Control", "cntrl"], "Cf": ["Format"], "Co": ["Private_Use"], "Cs": ["Surrogate"],
    ]
    return names.reduce(into: [:]) { all, entry in
      for name in entry.value + [entry.key] { all[name] = entry.key }
    }
  }()
}
