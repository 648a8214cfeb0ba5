// A table in Markdown, aligned so that it reads well on a terminal too.

struct Table {
  let columns: [String]
  var rows: [[String]] = []

  /// The first column is text, the others are figures.
  var markdown: String {
    let widths = columns.indices.map { column in
      ([columns] + rows).map { $0[column].count }.max() ?? 0
    }
    let rule = widths.enumerated().map {
      $0 == 0 ? String(repeating: "-", count: $1) : String(repeating: "-", count: $1 - 1) + ":"
    }
    return ([columns, rule] + rows).map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + space : space + row[column]
      }
      return "| \(cells.joined(separator: " | ")) |"
    }.joined(separator: "\n")
  }
}

/// One line of the table that `all` ends with.
struct SummaryRow: Sendable {
  let what: String
  let millrace: String
  var peer = ""
  var peerFigure = ""
  var ratio = ""

  static func table(_ rows: [SummaryRow]) -> Table {
    Table(
      columns: ["measured", "Millrace", "peer", "its figure", "ratio"],
      rows: rows.map { [$0.what, $0.millrace, $0.peer, $0.peerFigure, $0.ratio] })
  }
}
