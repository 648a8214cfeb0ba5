// What `up` says when everything runs: where things are, and commands that work as pasted.

import ProcessSupport
import WebhookChecks
import Workflows

struct UpGreeting {
  let listen: ListenAddress
  let scheme: String
  let metrics: [ListenAddress]
  /// Without its password.
  let redis: String
  let workflows: [Workflow]

  private static let body = #"{"event":"test","data":{"message":"Hello NocoBase"}}"#

  private var root: String { "\(scheme)://\(listen.connectable)" }

  var text: String {
    var facts = FactList()
    facts.add("  webhooks", "\(root)/api/webhooks/<key>")
    facts.add("  health", "\(root)/-/readyz")
    let addresses = [root] + metrics.map { "http://\($0.connectable)" }
    facts.add("  metrics", addresses.map { "\($0)/-/metrics" }.joined(separator: "  "))
    facts.add("  redis", redis)
    facts.add("  workflows", workflows.map(\.key).joined(separator: ", "))
    let lines = ["Millrace \(Build.version) is running.", "", facts.text, ""] + examples + ["Ctrl-C stops everything."]
    return lines.joined(separator: "\n")
  }

  private var examples: [String] {
    let (stored, answered) = (example(.async, "hello"), example(.sync, "echo"))
    var lines: [String] = []
    func add(_ title: String, _ workflow: Workflow) { lines += [title, "", "  \(curl(workflow))", ""] }
    if let stored { add("Send a webhook; the answer comes as soon as it is stored:", stored) }
    if let answered {
      add(
        stored == nil ? "Send a webhook and wait for the answer:" : "Or wait for what the workflow answers:", answered)
    }
    return lines
  }

  private func example(_ mode: Trigger.Mode, _ favourite: String) -> Workflow? {
    let fitting = workflows.filter { $0.enabled && $0.trigger.mode == mode && Self.takesAnything($0.trigger) }
    return fitting.first { $0.key == favourite } ?? fitting.first
  }

  private static func takesAnything(_ trigger: Trigger) -> Bool {
    guard let checks = trigger.checks as? WebhookChecks else { return trigger.when == nil }
    return trigger.when == nil && checks.senders.isEmpty && checks.schema == nil && checks.allowed == nil
  }

  private func curl(_ workflow: Workflow) -> String {
    let methods = workflow.trigger.methods
    let method = methods.contains("POST") ? "POST" : methods.first ?? "POST"
    let path = workflow.trigger.path.flatMap { $0.parameterNames.isEmpty ? nil : $0.example }
    let call = "curl -X \(method) \(root)\(path ?? "/api/webhooks/\(workflow.key)")"
    guard method != "GET", method != "DELETE" else { return call }
    return call + " -H \"Content-Type: application/json\" -d '\(Self.body)'"
  }
}
