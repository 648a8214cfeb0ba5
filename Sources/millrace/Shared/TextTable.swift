// Rows in columns that line up, for people.

struct TextTable {
  enum Alignment {
    case left, right
  }

  private let titles: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) {
    titles = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  mutating func add(_ cells: [String]) {
    rows.append(cells)
  }

  var text: String {
    let lines = [titles] + rows
    let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { Self.line($0, widths, alignments) }.joined(separator: "\n")
  }

  private static func line(_ cells: [String], _ widths: [Int], _ alignments: [Alignment]) -> String {
    let padded = cells.indices.map { column in
      let blanks = String(repeating: " ", count: max(0, widths[column] - cells[column].count))
      return alignments[column] == .left ? cells[column] + blanks : blanks + cells[column]
    }
    let line = padded.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// Names and values, one pair a line, the values below each other.
struct FactList {
  private var facts: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: String?) {
    if let value { facts.append((name, value)) }
  }

  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    return facts.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }
    .joined(separator: "\n")
  }
}
