// What `doctor` finds: one line for each look, good or bad, and what to change.

import JSONCodec

struct Checkup {
  enum Verdict: String {
    case good = "OK"
    case warning = "warn"
    case failure = "FAIL"
  }

  struct Finding {
    let verdict: Verdict
    let subject: String
    let text: String
  }

  private(set) var findings: [Finding] = []

  mutating func good(_ subject: String, _ text: String) {
    findings.append(Finding(verdict: .good, subject: subject, text: text))
  }

  mutating func warn(_ subject: String, _ text: String) {
    findings.append(Finding(verdict: .warning, subject: subject, text: text))
  }

  mutating func fail(_ subject: String, _ text: String) {
    findings.append(Finding(verdict: .failure, subject: subject, text: text))
  }

  var hasFailed: Bool { findings.contains { $0.verdict == .failure } }

  var text: String {
    var table = TextTable([("", .left), ("WHAT", .left), ("FINDING", .left)])
    for finding in findings { table.add([finding.verdict.rawValue, finding.subject, finding.text]) }
    return table.text
  }

  var document: JSON {
    let list = findings.map { finding -> JSON in
      [
        "verdict": .string(finding.verdict.rawValue.lowercased()), "subject": .string(finding.subject),
        "finding": .string(finding.text),
      ]
    }
    return ["healthy": .bool(!hasFailed), "findings": .array(list)]
  }
}
