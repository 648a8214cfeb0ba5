// `condition`: goes one way or the other, or goes on only when something holds.

import JSONCodec
import Workflows

struct ConditionNode: RunnableSettings {
  private enum Consequence: Sendable {
    case branches(then: [Node], otherwise: [Node])
    /// Ends the execution as failed when the condition comes out so (NocoBase's "continue if true" fails alike).
    case stop(if: Bool)
  }

  private let condition: BranchConditions
  private let consequence: Consequence

  static let type = NodeType(name: "condition", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [
      ("if", SettingsSchema.condition),
      ("then", SettingsSchema.nodes("Nodes to run when the condition holds.")),
      ("else", SettingsSchema.nodes("Nodes to run when it does not hold.")),
      ("stopIf", SettingsSchema.boolean("End the execution as failed when the condition comes out like this.")),
    ], required: ["if"])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let condition = reader.condition("if", required: true)
    let then = reader.nodes("then")
    let otherwise = reader.nodes("else")
    let stopIf = reader.optionalBoolean("stopIf")
    if stopIf != nil, then != nil || otherwise != nil {
      reader.report("stopIf does not go with then and else: put what follows after this node", at: "stopIf")
    }
    guard let condition else { return UnreadSettings() }
    let branches = Consequence.branches(then: then ?? [], otherwise: otherwise ?? [])
    return ConditionNode(
      condition: BranchConditions([condition]), consequence: stopIf.map { .stop(if: $0) } ?? branches)
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let node = run.node
    return try condition.first(run) { step(holds: $0 != nil, node) }
  }

  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? {
    result.boolValue.map { step(holds: $0, run.node) }
  }

  private func step(holds: Bool, _ node: Node) -> NodeStep {
    switch consequence {
    case .branches(let then, let otherwise):
      return .branch(result: .bool(holds), nodes: holds ? then : otherwise)
    case .stop(let unwanted):
      guard holds == unwanted else { return .value(.bool(holds)) }
      let reason = holds ? "its condition holds" : "its condition does not hold"
      return .stop(result: .bool(holds), message: "node \(node.key): stopped, because \(reason)")
    }
  }
}
