// What Yams says about text that is no YAML, as a person would put it.

import Yams

struct SyntaxProblem {
  private let position: SourcePosition
  private let message: String

  init(_ error: YamlError, in source: SourceText) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      position = SourcePosition(line: mark.line, column: mark.column)
      message = Self.readable(problem: problem, context: context?.text, line: source.line(mark.line), mark: mark)
    case .duplicatedKeysInMapping(let keys, let context):
      let first = SourcePosition(line: context.mark.line, column: context.mark.column)
      let key = keys.first ?? ""
      position = Self.repetition(of: key, after: first, in: source) ?? first
      message =
        "the key \"\(key)\" stands twice in this mapping"
        + (position == first ? "" : "; it is first set on line \(first.line)")
    case .reader(_, let offset, let value, let yaml):
      position = Self.position(of: offset ?? 0, in: yaml)
      message =
        "the character U+\(Self.hexadecimal(value)) is not allowed in YAML; write it as an escape in double quotes"
    default:
      position = SourcePosition(line: 1, column: 1)
      message = "\(error)"
    }
  }

  func diagnostic(file: String) -> Diagnostic {
    Diagnostic(file: file, line: position.line, column: position.column, message: message)
  }

  private static func readable(problem: String, context: String?, line: [Unicode.Scalar], mark: Mark) -> String {
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
    if let context { message += " " + context }
    if text.contains(": {{") || text.contains("- {{") {
      message += "; a placeholder must stand in quotes: \"{{$context.data.id}}\""
    }
    return message
  }

  /// Yams names the first of two equal keys; in block style the second one stands below it, in the same column.
  private static func repetition(of key: String, after first: SourcePosition, in source: SourceText) -> SourcePosition?
  {
    let wanted = Array(key.unicodeScalars)
    guard first.line < source.lineCount else { return nil }
    for number in first.line + 1...source.lineCount {
      let line = source.line(number)
      guard let start = line.firstIndex(where: { $0 != " " && $0 != "-" }), line[start] != "#" else { continue }
      if start < first.column - 1 { return nil }
      guard start == first.column - 1 else { continue }
      var rest = line[start...]
      if let quote = rest.first, quote == "\"" || quote == "'" { rest = rest.dropFirst() }
      guard rest.starts(with: wanted) else { continue }
      let after = rest.dropFirst(wanted.count).drop { $0 == "\"" || $0 == "'" || $0 == " " }
      if after.first == ":" { return SourcePosition(line: number, column: first.column) }
    }
    return nil
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
