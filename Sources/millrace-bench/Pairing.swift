// Millrace and one peer, measured in turn; a round counts when both of its measurements do.

struct Pairing {
  private struct Round {
    let number: Int
    let ours: WrkReport
    let theirs: WrkReport?
    let problems: [String]

    var isValid: Bool { problems.isEmpty }
    var ratio: Double? { theirs.map { ours.rate / $0.rate } }
  }

  /// nil when Millrace is measured alone.
  let peer: Side?
  private var rounds: [Round] = []
  private var valid: [Round] { rounds.filter(\.isValid) }

  init(peer: Side?) {
    self.peer = peer
  }

  mutating func add(_ ours: Side.Measurement, _ theirs: Side.Measurement?, round number: Int) {
    let problems = [("Millrace", ours.problem), (peer?.name ?? "", theirs?.problem)]
      .compactMap { name, problem in problem.map { "\(name): \($0)" } }
    rounds.append(Round(number: number, ours: ours.report, theirs: theirs?.report, problems: problems))
    let comparison = theirs.map { ", \(peer?.name ?? "") \(Figure.rate($0.report.rate))" } ?? ""
    Output.progress("round \(number): Millrace \(Figure.rate(ours.report.rate))\(comparison) requests/s")
  }

  var summary: SummaryRow {
    SummaryRow(
      what: "asynchronous webhooks a second\(peer?.streams.isEmpty == true ? " (the peer stores nothing)" : "")",
      millrace: Figure.rate(valid.map(\.ours.rate).median), peer: peer?.name ?? "",
      peerFigure: peer == nil ? "" : Figure.rate(valid.compactMap(\.theirs?.rate).median),
      ratio: peer == nil ? "" : Figure.ratio(valid.compactMap(\.ratio).median))
  }

  func print() {
    Output.line(peer.map { "\n### Millrace and \($0.name)\n" } ?? "\n### Millrace\n")
    Output.line(table.markdown)
    for round in rounds where !round.isValid {
      Output.line("\nRound \(round.number) does not count. \(round.problems.joined(separator: "; ")).")
    }
  }

  private var table: Table {
    var table = Table(columns: ["round", "Millrace requests/s", "p50", "p99"])
    if let peer { table = Table(columns: table.columns + ["\(peer.name) requests/s", "p50", "p99", "ratio"]) }
    for round in rounds {
      let ratio = round.isValid ? Figure.ratio(round.ratio) : "invalid"
      table.rows.append(
        ["\(round.number)"] + Self.cells(of: [round.ours])
          + (round.theirs.map { Self.cells(of: [$0]) + [ratio] } ?? []))
    }
    table.rows.append(
      ["median"] + Self.cells(of: valid.map(\.ours))
        + (peer == nil
          ? [] : Self.cells(of: valid.compactMap(\.theirs)) + [Figure.ratio(valid.compactMap(\.ratio).median)]))
    return table
  }

  private static func cells(of reports: [WrkReport]) -> [String] {
    [
      Figure.rate(reports.map(\.rate).median), Figure.milliseconds(reports.map(\.median).median),
      Figure.milliseconds(reports.map(\.tail).median),
    ]
  }
}
