// What `up` says when everything runs: where things are, and commands that work as pasted.

import ProcessSupport
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
    let kinds: [(Trigger.Mode, String, String)] = [
      (.async, "hello", "Send a webhook; the answer comes as soon as it is stored:"),
      (.sync, "echo", "Or wait for what the workflow answers:"),
    ]
    return kinds.flatMap { mode, favourite, title -> [String] in
      guard let workflow = example(mode, favourite) else { return [] }
      return [title, "", "  \(curl(workflow))", ""]
    }
  }

  private func example(_ mode: Trigger.Mode, _ favourite: String) -> Workflow? {
    let fitting = workflows.filter { $0.enabled && $0.trigger.mode == mode && $0.trigger.when == nil }
    return fitting.first { $0.key == favourite } ?? fitting.first
  }

  private func curl(_ workflow: Workflow) -> String {
    let methods = workflow.trigger.methods
    let method = methods.contains("POST") ? "POST" : methods.first ?? "POST"
    let call = "curl -X \(method) \(root)/api/webhooks/\(workflow.key)"
    guard method != "GET", method != "DELETE" else { return call }
    return call + " -H \"Content-Type: application/json\" -d '\(Self.body)'"
  }
}
