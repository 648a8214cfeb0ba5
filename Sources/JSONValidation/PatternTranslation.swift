// Checks a pattern against ECMA-262's syntax and says it in RE2's, whose matching takes linear time. What cannot be
// matched that way, looking around and referring back, is refused.

import Patterns

/// What is wrong with a pattern; a message goes on after "the pattern …".
struct PatternProblem: Error {
  let message: String
}

struct PatternTranslation {
  /// RE2 takes no more.
  private static let mostRepetitions = 1000
  private static let longest = 10_000
  /// What stands between the brackets of `{2,5}`.
  private static let longestRange = 24

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var output = ""

  private init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  static func compile(_ text: String) throws(PatternProblem) -> CompiledPattern {
    var translation = PatternTranslation(text)
    guard let pattern = CompiledPattern(try translation.translate()) else {
      throw PatternProblem(message: "is too large, or asks for what no linear-time engine has")
    }
    return pattern
  }

  /// Whether a text has the syntax of a pattern; that it can be matched in linear time is not asked.
  static func isPattern(_ text: Span<UInt8>) -> Bool {
    guard text.count <= longest else { return false }
    var bytes: [UInt8] = []
    for index in text.indices { bytes.append(text[index]) }
    var translation = PatternTranslation(String(decoding: bytes, as: UTF8.self))
    translation.takesEverything = true
    return (try? translation.translate()) != nil
  }

  private var takesEverything = false

  private mutating func translate() throws(PatternProblem) -> String {
    guard scalars.count <= Self.longest else {
      throw PatternProblem(message: "is longer than \(Self.longest) characters")
    }
    var openGroups = 0
    var repeatable = Repeatable.nothing
    while let scalar = next() {
      switch scalar {
      case "(":
        try openGroup()
        openGroups += 1
        repeatable = .nothing
      case ")":
        openGroups -= 1
        guard openGroups >= 0 else { throw PatternProblem(message: "has a \")\" without its \"(\"") }
        output += ")"
        repeatable = .part
      case "|":
        output += "|"
        repeatable = .nothing
      case "^", "$":
        output.unicodeScalars.append(scalar)
        repeatable = .nothing
      case "*", "+", "?": repeatable = try quantifier(String(scalar), of: repeatable)
      case "{":
        if let range = try repetitions() {
          repeatable = try quantifier(range, of: repeatable)
        } else {
          output += "\\{"
          repeatable = .part
        }
      case "[":
        output += try characterClass()
        repeatable = .part
      case ".":
        output += "[^\\n\\r\\x{2028}\\x{2029}]"
        repeatable = .part
      case "\\": repeatable = try escape()
      default:
        output += Self.quoted(scalar)
        repeatable = .part
      }
    }
    guard openGroups == 0 else { throw PatternProblem(message: "has a \"(\" that is not closed") }
    return output
  }

  private enum Repeatable {
    case nothing, part
    /// After `*` and its like, a question mark means as few as possible.
    case quantifier
  }

  private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard let current else { return nil }
    index += 1
    return current
  }

  private mutating func skip(_ text: String) -> Bool {
    guard scalars[index...].starts(with: text.unicodeScalars) else { return false }
    index += text.unicodeScalars.count
    return true
  }

  /// Groups only hold together; what they capture nobody asks for.
  private mutating func openGroup() throws(PatternProblem) {
    output += "(?:"
    guard skip("?"), !skip(":") else { return }
    if ["=", "!", "<=", "<!"].contains(where: { skip($0) }) {
      return try refuse("looks ahead or behind")
    }
    guard skip("<") else { throw PatternProblem(message: "has a \"(?\" that means nothing") }
    var name = ""
    while let scalar = next(), scalar != ">" { name.unicodeScalars.append(scalar) }
    guard scalars[index - 1] == ">", !name.isEmpty else {
      throw PatternProblem(message: "has a group whose name is not closed")
    }
  }

  private func refuse(_ what: String) throws(PatternProblem) {
    guard takesEverything else { throw PatternProblem(message: "\(what), which cannot be matched in linear time") }
  }

  private mutating func quantifier(_ text: String, of part: Repeatable) throws(PatternProblem) -> Repeatable {
    if part == .quantifier, text == "?" {
      output += "?"
      return .nothing
    }
    guard part == .part else { throw PatternProblem(message: "has a \"\(text)\" with nothing to repeat") }
    output += text
    return .quantifier
  }

  /// The rest of `{2}`, `{2,}` or `{2,5}`; nil if the bracket stands for itself.
  private mutating func repetitions() throws(PatternProblem) -> String? {
    guard let end = scalars[index...].prefix(Self.longestRange).firstIndex(of: "}") else { return nil }
    let inside = String(String.UnicodeScalarView(scalars[index..<end]))
    let parts = inside.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, Self.isNumber(first) else { return nil }
    if parts.count == 2, !parts[1].isEmpty, !Self.isNumber(parts[1]) { return nil }
    index = end + 1
    let numbers = parts.filter { !$0.isEmpty }.map { Int($0) ?? .max }
    guard numbers == numbers.sorted() else {
      throw PatternProblem(message: "has the numbers of {\(inside)} in the wrong order")
    }
    guard takesEverything || numbers.allSatisfy({ $0 <= Self.mostRepetitions }) else {
      throw PatternProblem(message: "repeats something more than \(Self.mostRepetitions) times")
    }
    return takesEverything ? "*" : "{\(inside)}"
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
  }

  /// What follows a backslash outside brackets.
  private mutating func escape() throws(PatternProblem) -> Repeatable {
    if let letter = current, letter == "b" || letter == "B" {
      index += 1
      output += "\\\(letter)"
      return .nothing
    }
    if let digit = current, ("1"..."9").contains(digit) {
      index += 1
      try refuse("refers back to a group")
      return .part
    }
    if skip("k<") {
      while let scalar = next(), scalar != ">" {}
      try refuse("refers back to a group")
      return .part
    }
    switch try escaped() {
    case .scalar(let scalar): output += Self.quoted(scalar)
    case .members(let members): output += "[\(members)]"
    }
    return .part
  }

  /// The rest of `[a-z\d]`.
  private mutating func characterClass() throws(PatternProblem) -> String {
    let isComplement = skip("^")
    var members = ""
    while !skip("]") {
      let first = try member()
      guard current == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
        members += first.text
        continue
      }
      index += 1
      let last = try member()
      if case .scalar(let first) = first, case .scalar(let last) = last {
        guard first <= last else {
          throw PatternProblem(message: "has the range \(first)-\(last) in the wrong order")
        }
        members += "\(Self.quoted(first))-\(Self.quoted(last))"
      } else {
        // Beside a class such as \d a hyphen stands for itself.
        members += "\(first.text)\\-\(last.text)"
      }
    }
    if members.isEmpty { return isComplement ? "[\\x{0}-\\x{10FFFF}]" : "[^\\x{0}-\\x{10FFFF}]" }
    return (isComplement ? "[^" : "[") + members + "]"
  }

  private mutating func member() throws(PatternProblem) -> PatternEscape {
    guard let scalar = next() else { throw PatternProblem(message: "has a \"[\" that is not closed") }
    guard scalar == "\\" else { return .scalar(scalar) }
    if skip("b") { return .scalar("\u{8}") }
    if skip("-") { return .scalar("-") }
    return try escaped()
  }

  private mutating func escaped() throws(PatternProblem) -> PatternEscape {
    var escapes = PatternEscapes(scalars: scalars, index: index)
    defer { index = escapes.index }
    return try escapes.read()
  }

  /// RE2 takes a backslash before any character of ASCII that is no letter or digit.
  static func quoted(_ scalar: Unicode.Scalar) -> String {
    guard scalar.isASCII else { return String(scalar) }
    return UInt8(ascii: scalar).isLetterOrDigit ? String(scalar) : "\\x{\(String(scalar.value, radix: 16))}"
  }
}
