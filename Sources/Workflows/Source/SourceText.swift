// The text of one workflow file by lines, so that a problem inside a string is reported at its own column.

/// A place in a file. Line and column start at 1, columns count Unicode scalars; 0 means that there is no source.
package struct SourcePosition: Sendable, Equatable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static let none = SourcePosition(line: 0, column: 0)
}

final class SourceText: Sendable {
  private let lines: [[Unicode.Scalar]]

  init(_ text: String) {
    var lines: [[Unicode.Scalar]] = [[]]
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n" && afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      if scalar == "\n" || scalar == "\r" {
        lines.append([])
      } else {
        lines[lines.count - 1].append(scalar)
      }
    }
    self.lines = lines
  }

  func line(_ number: Int) -> [Unicode.Scalar] {
    lines.indices.contains(number - 1) ? lines[number - 1] : []
  }

  var lineCount: Int { lines.count }

  /// Where `offset` (in scalars) of a scalar's value stands, given where the scalar begins. Exact for plain and quoted
  /// scalars without escapes before the offset and for block scalars; the scalar's beginning otherwise.
  func position(of offset: Int, in value: String, startingAt start: SourcePosition) -> SourcePosition {
    guard offset >= 0, start.line > 0 else { return start }
    let first = line(start.line)
    guard first.indices.contains(start.column - 1) else { return start }
    let prefix = Array(value.unicodeScalars.prefix(offset + 1))
    switch first[start.column - 1] {
    case "|", ">": return blockPosition(of: prefix, below: start) ?? start
    case "\"", "'": return flowPosition(of: prefix, line: start.line, column: start.column + 1) ?? start
    default: return flowPosition(of: prefix, line: start.line, column: start.column) ?? start
    }
  }

  private func flowPosition(of prefix: [Unicode.Scalar], line number: Int, column: Int) -> SourcePosition? {
    let text = line(number).dropFirst(column - 1)
    guard text.starts(with: prefix) else { return nil }
    return SourcePosition(line: number, column: column + max(prefix.count - 1, 0))
  }

  private func blockPosition(of prefix: [Unicode.Scalar], below start: SourcePosition) -> SourcePosition? {
    let parts = prefix.split(separator: "\n", omittingEmptySubsequences: false)
    guard let last = parts.last else { return nil }
    let number = start.line + parts.count
    // A folded scalar joins lines, so its line count says little: only an exact match of the text counts.
    let indentation = line(start.line + 1).prefix { $0 == " " }.count
    let text = line(number).dropFirst(indentation)
    guard text.starts(with: last) else { return nil }
    return SourcePosition(line: number, column: indentation + max(last.count, 1))
  }
}
