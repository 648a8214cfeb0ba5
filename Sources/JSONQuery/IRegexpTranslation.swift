// Checks a pattern against RFC 9485 and says it in RE2's syntax, which differs: in I-Regexp a dot takes all but line
// ends, and there is nothing else than what this file knows.

/// Why a text is no I-Regexp.
struct IRegexpError: Error {
  let message: String
}

struct IRegexpTranslation {
  /// RE2 takes no more.
  private static let mostRepetitions = 1000

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var output = ""

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func translate() throws(IRegexpError) -> String {
    var openGroups = 0
    var canRepeat = false
    while let scalar = next() {
      switch scalar {
      case "(":
        openGroups += 1
        output += "(?:"
      case ")":
        openGroups -= 1
        guard openGroups >= 0 else { throw IRegexpError(message: "a \")\" has no \"(\"") }
        output += ")"
      case "*", "+", "?", "{":
        guard canRepeat else { throw IRegexpError(message: "there is nothing that the \"\(scalar)\" could repeat") }
        output += scalar == "{" ? try repetitions() : "\(scalar)"
      case "]", "}": throw IRegexpError(message: "a \"\(scalar)\" must be written \"\\\(scalar)\"")
      case "[": output += try characterClass()
      case ".": output += "[^\\n\\r]"
      case "\\":
        if let category = try category() { output += "[\(category)]" } else { output += quoted(try escape()) }
      default: output.unicodeScalars.append(scalar)
      }
      canRepeat = !"(|*+?{".unicodeScalars.contains(scalar)
    }
    guard openGroups == 0 else { throw IRegexpError(message: "a \"(\" is not closed") }
    return output
  }

  private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard let current else { return nil }
    index += 1
    return current
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    index += 1
    return true
  }

  /// The rest of `{2}`, `{2,}` or `{2,5}`.
  private mutating func repetitions() throws(IRegexpError) -> String {
    let least = try number()
    var most: Int?
    var range = "{\(least)"
    if skip(",") {
      range += ","
      if current?.isDigit == true { most = try number() }
      range += most.map(String.init) ?? ""
    }
    guard skip("}") else { throw IRegexpError(message: "a \"{\" begins no repetition such as {2}, {2,} or {2,5}") }
    guard max(least, most ?? 0) <= Self.mostRepetitions else {
      throw IRegexpError(message: "it repeats something more than \(Self.mostRepetitions) times")
    }
    guard least <= most ?? least else { throw IRegexpError(message: "\(range)} has its numbers in the wrong order") }
    return range + "}"
  }

  private mutating func number() throws(IRegexpError) -> Int {
    var digits = ""
    while let scalar = current, scalar.isDigit {
      digits.unicodeScalars.append(scalar)
      index += 1
    }
    guard !digits.isEmpty else { throw IRegexpError(message: "a \"{\" needs a number after it") }
    return Int(digits) ?? .max
  }

  /// The rest of `[a-z\p{Lu}]`.
  private mutating func characterClass() throws(IRegexpError) -> String {
    var items = skip("^") ? "[^" : "["
    var isFirst = true
    repeat {
      if skip("-") {
        guard isFirst || current == "]" else {
          throw IRegexpError(message: "a \"-\" inside brackets stands first, last, in a range or as \"\\-\"")
        }
        items += "\\-"
      } else {
        items += try item()
      }
      isFirst = false
    } while !skip("]")
    return items + "]"
  }

  /// `a`, `a-z` or `\p{Lu}`.
  private mutating func item() throws(IRegexpError) -> String {
    let first: Unicode.Scalar
    if skip("\\") {
      if let category = try category() { return category }
      first = try escape()
    } else {
      first = try member()
    }
    guard current == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else { return quoted(first) }
    index += 1
    let last = skip("\\") ? try escape() : try member()
    guard first <= last else { throw IRegexpError(message: "\(first)-\(last) is a range in the wrong order") }
    return "\(quoted(first))-\(quoted(last))"
  }

  private mutating func member() throws(IRegexpError) -> Unicode.Scalar {
    guard let scalar = next() else { throw IRegexpError(message: "a \"[\" is not closed") }
    guard scalar != "[", scalar != "]", scalar != "-" else {
      throw IRegexpError(message: "a \"\(scalar)\" inside brackets must be written \"\\\(scalar)\"")
    }
    return scalar
  }

  /// What a backslash stands before.
  private mutating func escape() throws(IRegexpError) -> Unicode.Scalar {
    guard let scalar = next() else { throw IRegexpError(message: "it ends with a \"\\\"") }
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "(", ")", "*", "+", "-", ".", "?", "[", "\\", "]", "^", "{", "|", "}": return scalar
    default:
      throw IRegexpError(message: "it has no \"\\\(scalar)\"; there are classes such as [0-9] and [^ ], and \\p{L}")
    }
  }

  /// What `p{Lu}` or `P{Lu}` after a backslash stands for inside brackets; nil if there is none.
  private mutating func category() throws(IRegexpError) -> String? {
    guard let letter = current, letter == "p" || letter == "P" else { return nil }
    index += 1
    var name = ""
    if skip("{") { while let scalar = next(), scalar != "}" { name.unicodeScalars.append(scalar) } }
    guard scalars[index - 1] == "}", let members = UnicodeCategory.members(of: name, isComplement: letter == "P") else {
      throw IRegexpError(message: "\"\\\(letter)\" needs a category of Unicode after it, as in \\\(letter){Lu}")
    }
    return members
  }

  /// RE2 takes a backslash before any character of ASCII that is no letter or digit.
  private func quoted(_ scalar: Unicode.Scalar) -> String {
    ("!"..."~").contains(scalar) && !scalar.isLetter && !scalar.isDigit ? "\\\(scalar)" : "\(scalar)"
  }
}
