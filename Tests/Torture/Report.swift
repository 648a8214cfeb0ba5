// The result of a run: one table for people, or JSON for programs.

import JSONCodec

struct Report: Sendable {
  private let rows: [Row]
  private let examples: [String]
  private let findings: [String: Int]
  /// No check has found anything.
  var isClean: Bool { findings.values.allSatisfy { $0 == 0 } }

  private static let mostExamples = 5

  init(seed: UInt64, _ evidence: Evidence) {
    let findings = Check.all(in: evidence.setting).map { (name: $0.name, lines: $0.violations(evidence)) }
    self.findings = Dictionary(findings.map { ($0.name, $0.lines.count) }, uniquingKeysWith: +)
    examples = findings.filter { !$0.lines.isEmpty }.flatMap { finding in
      finding.lines.prefix(Self.mostExamples).map { "\(finding.name): \($0)" }
    }
    var counts = Self.faults(evidence) + Self.seen(evidence)
    for finding in findings { counts.append((finding.name, finding.lines.count)) }
    var rows: [Row] = [("seed", .string("\(seed)"))]
    rows += counts.map { ($0.name, .int(Int64($0.count))) }
    rows += Self.recovery(evidence)
    self.rows = rows
  }

  private typealias Row = (name: String, value: JSON)
  private typealias Count = (name: String, count: Int)

  /// Whether a check that is there for the defect has found something.
  func tells(of sabotage: TortureOptions.Sabotage) -> Bool {
    sabotage.noticedBy.contains { findings[$0.name] ?? 0 > 0 }
  }

  private static func faults(_ evidence: Evidence) -> [Count] {
    let faults = Dictionary(grouping: evidence.injections, by: \.fault).sorted { $0.key.rawValue < $1.key.rawValue }
    var counts: [Count] = [("seconds", Int(evidence.setting.seconds)), ("faults", evidence.injections.count)]
    counts += faults.map { ("- \($0.key.rawValue)", $0.value.count) }
    return counts
  }

  /// What was there for the checks to look at.
  private static func seen(_ evidence: Evidence) -> [Count] {
    let (counts, outcomes, callbacks) = (evidence.counts, evidence.outcomes.values, evidence.callbacks.values)
    let handedBack: [Count] =
      evidence.setting.deploys ? [("executions handed back", outcomes.count(where: \.wasHandedBack))] : []
    let punctuality = Punctuality(evidence)
    let repeats = evidence.executions.reduce(0) { $0 + Evidence.repeats(evidence.calls(of: $1).map(\.call)) }
    let seen: [Count] = [
      ("webhooks sent", counts.sent), ("acknowledged", evidence.acknowledged.count),
      ("answered 503 or 429", counts.refused.values.reduce(0, +)), ("connections that broke", counts.broken),
      ("held back by busy connections", counts.heldBack),
      ("synchronous answers of 200, compared", counts.synchronous[200] ?? 0),
      ("synchronous answers of 202, compared", counts.synchronous[202] ?? 0),
      ("executions finished", outcomes.count), ("calls of the target", evidence.allCalls.count),
      ("interrupted nodes run again", repeats),
      ("held by killed workers", evidence.injections.reduce(0) { $0 + $1.held.count }),
      ("crashes counted", outcomes.reduce(0) { $0 + Int($1.crashes) }),
      ("attempts counted", outcomes.reduce(0) { $0 + Int($1.tries) }),
      ("failures excused, their runner was killed", evidence.excusedFailures),
      ("callbacks accepted", callbacks.reduce(0) { $0 + $1.accepted.count }),
      ("callbacks answered as repetitions", callbacks.reduce(0) { $0 + $1.repeated }),
      ("timers", punctuality.timers.count), ("timers judged, no fault was near", punctuality.judged),
      ("executions at once that are allowed", evidence.setting.limit),
      ("executions at once, the most seen", evidence.mostLimited),
    ]
    return seen + handedBack
  }

  private static func recovery(_ evidence: Evidence) -> [Row] {
    let recovery = Recovery(evidence)
    let kinds: [(String, Recovery.Times)] = [
      ("recovery", recovery.undisturbed), ("recovery among other faults", recovery.all),
      ("the same without Redis's absence", recovery.corrected),
    ]
    var rows: [Row] = []
    for (name, times) in kinds {
      rows.append(("\(name), samples", .int(Int64(times.sorted.count))))
      rows += [("p50", times.percentile(0.5)), ("p99", times.percentile(0.99)), ("max", times.longest)]
        .map { ("\(name), \($0.0) in s", .double(($0.1 * 100).rounded() / 100)) }
    }
    return rows
  }

  var json: String {
    JSON.object(JSONObject(rows.map { ($0.name, $0.value) } + [("examples", .array(examples.map { .string($0) }))]))
      .text
  }

  var table: String {
    let cells = rows.map { ($0.name, $0.value.text.filter { $0 != "\"" }) }
    let (left, right) = (cells.map(\.0.count).max() ?? 0, cells.map(\.1.count).max() ?? 0)
    func line(_ name: String, _ value: String) -> String {
      "| \(name)\(String(repeating: " ", count: left - name.count)) | "
        + "\(String(repeating: " ", count: right - value.count))\(value) |"
    }
    let rule = "| \(String(repeating: "-", count: left)) | \(String(repeating: "-", count: right - 1)): |"
    return ([line("", ""), rule] + cells.map(line)).joined(separator: "\n") + examples.map { "\n\($0)" }.joined()
  }
}
