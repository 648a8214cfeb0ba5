// JavaScript as its author wrote it, with its place, for whoever has an engine to check it.

package struct WrittenCode: Sendable {
  enum Place: Sendable {
    case inside(SourceValue)
    /// The path of a file of its own.
    case file(String)
  }

  package let text: String
  /// One expression, not the body of a function.
  package let isExpression: Bool
  let place: Place
  /// The workflow file.
  let file: String

  /// - Parameters: Line and column in the code, from 1, as the engine counts them: in UTF-16 units.
  package func diagnostic(_ message: String, line: Int?, column: Int?) -> Diagnostic {
    switch place {
    case .file(let path):
      return Diagnostic(file: path, line: line ?? 1, column: column ?? 1, message: message)
    case .inside(let source):
      let position = source.position(ofScalar: offset(line: line ?? 1, column: column ?? 1))
      return Diagnostic(file: file, line: position.line, column: position.column, message: message)
    }
  }

  private func offset(line: Int, column: Int) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let before = lines.prefix(line - 1).reduce(0) { $0 + $1.unicodeScalars.count + 1 }
    guard lines.indices.contains(line - 1) else { return before }
    let inLine = String(decoding: lines[line - 1].utf16.prefix(column - 1), as: UTF16.self)
    return before + inLine.unicodeScalars.count
  }
}
