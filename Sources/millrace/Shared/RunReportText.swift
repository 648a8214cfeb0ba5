// What `run` shows of a workflow while it runs and when it is over.

import JSONCodec
import ProcessSupport
import WorkflowEngine
import Workflows

enum RunReportText {
  private static let columns = [18, 10, 10, 7]

  static func print(_ record: NodeRecord) {
    let cells = [record.path, record.type, record.status.rawValue, "\(record.duration) ms"]
    let padded = zip(cells, columns).map { cell, width in
      cell + String(repeating: " ", count: max(0, width - cell.count))
    }
    let result = record.error.map { "error: \($0)" } ?? record.result.text
    Terminal.print((padded + [Terminal.shortened(result, to: 100)]).joined(separator: " "))
    for line in record.console.elements {
      let (level, text) = (line["level"]?.stringValue ?? "log", line["text"]?.stringValue ?? "")
      Terminal.print("  console.\(level): \(Terminal.shortened(text, to: 400))")
    }
  }

  static func print(_ report: RunReport, after time: Duration) {
    let (name, problem) = outcome(report.outcome)
    Terminal.print("\(name) in \(time.milliseconds) ms" + (problem.map { ": \($0)" } ?? ""))
    if let output = report.output { Terminal.print("output: \(output.pretty)") }
    if let reply = report.reply { print(reply, title: "reply") }
  }

  static func print(_ reply: Reply, title: String) {
    Terminal.print("\(title): \(reply.status)")
    for (name, value) in reply.headers { Terminal.print("  \(name): \(value)") }
    if !reply.body.isEmpty { Terminal.print(body(reply.body)) }
  }

  /// JSON laid out for people, other text as it is, anything else by its size.
  static func body(_ bytes: [UInt8]) -> String {
    if let json = try? JSON.parse(bytes) { return json.pretty }
    return String(validating: bytes, as: UTF8.self) ?? "(\(bytes.count) bytes that are no text)"
  }

  private static func outcome(_ outcome: Outcome) -> (name: String, problem: String?) {
    switch outcome {
    case .succeeded: ("succeeded", nil)
    case .failed(let message, _): ("failed", message)
    case .error(let message, _): ("error", message)
    case .timedOut: ("timedOut", "the workflow's timeout passed")
    case .abandoned(let reason): ("abandoned", "\(reason)")
    case .suspended:
      ("waiting", "it waits for a call at the address of a wait node; --resume gives it one")
    }
  }
}
