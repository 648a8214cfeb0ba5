// What is wrong with a workflow file, and where: the first thing that an author sees of Millrace, long before the
// first webhook arrives.

/// One problem. Line and column start at 1, columns count Unicode scalars; both are 0 where there is no source text,
/// as for a stored definition.
package struct Diagnostic: Error, Sendable, Equatable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int
  package let message: String

  package init(file: String, line: Int, column: Int, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  package var description: String {
    line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
  }
}

/// All problems found at once, in the order in which a reader meets them.
package struct Diagnostics: Error, Sendable, Equatable, CustomStringConvertible {
  package let list: [Diagnostic]

  package init(_ list: [Diagnostic]) {
    var unique: [Diagnostic] = []
    let ordered = list.sorted {
      ($0.file, $0.line, $0.column, $0.message) < ($1.file, $1.line, $1.column, $1.message)
    }
    for diagnostic in ordered where diagnostic != unique.last { unique.append(diagnostic) }
    self.list = unique
  }

  package var description: String {
    list.map(\.description).joined(separator: "\n")
  }
}
