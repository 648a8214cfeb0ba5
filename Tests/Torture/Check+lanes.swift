// Limits and order: how many at once, and who comes after whom.

extension Check {
  /// Seconds and executions of `limited` after which some have met, as often as they come.
  private static let longRun = 60.0
  private static let manyLimited = 100

  static let lanes = [
    Check(name: "executions beyond the limit") { evidence in
      Array(
        repeating: "\(evidence.mostLimited) had an open call at one moment",
        count: max(0, evidence.mostLimited - evidence.setting.limit))
    },
    Check(name: "limits never reached") { evidence -> [String] in
      let count = evidence.executions.count { evidence.calls(of: $0).first?.call.workflow == .limited }
      guard evidence.setting.seconds >= longRun, count >= manyLimited else { return [] }
      return evidence.mostLimited >= evidence.setting.limit
        ? [] : ["\(count) executions, never more than \(evidence.mostLimited) at once"]
    },
    Check(name: "executions out of order") { evidence in
      let acknowledged = Set(evidence.acknowledged.lazy.filter { $0.workflow == .ordered }.map(\.n))
      var runs: [UInt8: [Run]] = [:]
      for key in evidence.executions {
        guard let run = Run(key, evidence.calls(of: key).map(\.call)), let order = evidence.order(of: run.n) else {
          continue
        }
        runs[order, default: []].append(run)
      }
      return runs.flatMap { order, runs -> [String] in
        let runs = runs.sorted { $0.begin < $1.begin }
        let overlaps = zip(runs, runs.dropFirst()).filter { $1.begin < $0.end }
          .map { "\($1.n) begins at \($1.begin.shown) before \($0.n) ends at \($0.end.shown), both of \(order)" }
        // Of a webhook without an answer nobody knows when it came.
        let answered = runs.filter { acknowledged.contains($0.n) }
        return overlaps
          + zip(answered, answered.dropFirst()).filter { $1.n < $0.n }.map {
            "\($1.n) begins after \($0.n) of \(order)"
          }
      }
    },
  ]

  /// One execution of `ordered`, from its first call to the answer of its last. Of a call without an answer its caller
  /// knows nothing, so that counts from its arrival only.
  private struct Run {
    let n: UInt32
    let begin: Moment
    let end: Moment

    init?(_ key: ExecutionKey, _ calls: [Call]) {
      guard let first = calls.first, first.workflow == .ordered else { return nil }
      n = first.n
      begin = first.at
      end = calls.map { $0.outcome == .answered ? $0.end : $0.at }.max() ?? begin
    }
  }
}
