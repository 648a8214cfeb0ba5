// What Yams says about text that is no YAML, as a person would put it.

import Yams

struct SyntaxProblem {
  private let findings: [(position: SourcePosition, message: String)]

  init(_ error: YamlError, in source: SourceText) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let message = Self.readable(problem: problem, context: context, line: source.line(mark.line), mark: mark)
      findings = [(SourcePosition(line: mark.line, column: mark.column), message)]
    case .duplicatedKeysInMapping(let keys, let context):
      let known = SourcePosition(line: context.mark.line, column: context.mark.column)
      let repeated = RepeatedKeys(source: source, known: known)
      findings = keys.prefix(20).map { Self.repetition(of: $0, at: repeated.places(of: $0), known: known) }
    case .reader(_, let offset, let value, let yaml):
      let message =
        "the character U+\(Self.hexadecimal(value)) is not allowed in YAML; write it as an escape in double quotes"
      findings = [(Self.position(of: offset ?? 0, in: yaml), message)]
    default:
      findings = [(SourcePosition(line: 1, column: 1), "\(error)")]
    }
  }

  func diagnostics(file: String) -> Diagnostics {
    Diagnostics(
      findings.map { position, message in
        Diagnostic(file: file, line: position.line, column: position.column, message: message)
      })
  }

  private static func readable(
    problem: String, context: YamlError.Context?, line: [Unicode.Scalar], mark: Mark
  ) -> String {
    let offender = line.indices.contains(mark.column - 1) ? line[mark.column - 1] : nil
    if offender == "\t" { return "a tab cannot indent YAML; use spaces" }
    if problem.contains("but found another document") { return "a file holds one workflow; remove the second document" }
    if problem.contains("nesting level") { return SourceDocument.tooDeep }
    if problem.contains("undefined alias") {
      return "this alias names no anchor; a word that begins with \"*\" must stand in quotes"
    }
    if problem.contains("cannot start any token"), let offender {
      return "a word cannot begin with \"\(offender)\" in YAML; put it in quotes"
    }
    let text = String(String.UnicodeScalarView(line))
    var message = problem.hasPrefix("did not") ? "YAML " + problem : problem
    if let context {
      message += " " + context.text
      if context.mark.line != mark.line { message += " that begins on line \(context.mark.line)" }
    }
    if text.contains(": {{") || text.contains("- {{") {
      message += "; a placeholder must stand in quotes: \"{{$context.data.id}}\""
    } else if let remedy = remedy(for: message, behind: line.prefix(mark.column - 1)) {
      message += "; " + remedy
    }
    return message
  }

  /// What mostly helps. `beginning` is the line up to the place.
  private static func remedy(for message: String, behind beginning: ArraySlice<Unicode.Scalar>) -> String? {
    let remedies: [(problem: String, remedy: String)] = [
      (
        "mapping values are not allowed",
        beginning.contains(":")
          ? #"a text with ": " in it must stand in quotes"# : "this key is indented deeper than the one before it"
      ),
      (
        "while parsing a block",
        beginning.allSatisfy { $0 == " " }
          ? "what belongs to one mapping or list is indented alike"
          : "nothing may follow a text in quotes; a quote in it is written twice"
      ),
      ("while scanning a quoted scalar", "a quote is not closed"),
      ("while parsing a flow", "a bracket, a brace or a comma is missing"),
      ("could not find expected ':'", #"a key ends with ":" and a blank"#),
      ("unknown escape character", "between single quotes a backslash stands for itself"),
    ]
    return remedies.first { message.contains($0.problem) }?.remedy
  }

  /// At the second of its places.
  private static func repetition(
    of key: String, at places: [SourcePosition], known: SourcePosition
  ) -> (SourcePosition, String) {
    let message = "the key \"\(key)\" stands twice in this mapping"
    guard places.count > 1 else { return (known, message) }
    let isElsewhere = places[0].line != places[1].line
    return (places[1], message + (isElsewhere ? "; it is first set on line \(places[0].line)" : ""))
  }

  private static func position(of offset: Int, in text: String) -> SourcePosition {
    let before = text.prefix(offset)
    let line = before.split(omittingEmptySubsequences: false) { $0.isNewline }
    return SourcePosition(line: max(line.count, 1), column: (line.last?.unicodeScalars.count ?? 0) + 1)
  }

  private static func hexadecimal(_ value: Int32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
