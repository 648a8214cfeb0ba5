// `switch`: the first case that holds is done.

import JSONCodec
import Workflows

struct SwitchNode: RunnableSettings {
  enum NoMatch: String, CaseIterable, Sendable {
    case `continue`, fail
  }

  private let conditions: BranchConditions
  private let branches: [[Node]]
  private let otherwise: [Node]
  private let onNoMatch: NoMatch

  static let type = NodeType(name: "switch", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [
      (
        "cases",
        SettingsSchema.list(
          "Tried in order; the first that holds is done.",
          of: SettingsSchema.object(
            [("if", SettingsSchema.condition), ("do", SettingsSchema.nodes("Nodes to run when it holds."))],
            required: ["if"]))
      ),
      ("otherwise", SettingsSchema.nodes("Nodes to run when no case holds.")),
      (
        "onNoMatch",
        SettingsSchema.choice("What follows when no case holds, after otherwise.", NoMatch.self, default: .continue)
      ),
    ], required: ["cases"])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let cases = reader.list("cases", required: true) { entry in
      (condition: entry.condition("if", required: true), nodes: entry.nodes("do") ?? [])
    }
    return SwitchNode(
      conditions: BranchConditions(cases.map(\.condition)), branches: cases.map(\.nodes),
      otherwise: reader.nodes("otherwise") ?? [],
      onNoMatch: reader.choice("onNoMatch", default: NoMatch.continue))
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let node = run.node
    return try conditions.first(run) { step(match: $0, node) }
  }

  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? {
    result.intValue.map { step(match: branches.indices.contains(Int($0)) ? Int($0) : nil, run.node) }
  }

  private func step(match: Int?, _ node: Node) -> NodeStep {
    if let match { return .branch(result: .int(Int64(match)), nodes: branches[match]) }
    let reason = "node \(node.key): none of its \(branches.count) cases holds"
    return .branch(result: .int(-1), nodes: otherwise, stop: onNoMatch == .fail ? reason : nil)
  }
}
