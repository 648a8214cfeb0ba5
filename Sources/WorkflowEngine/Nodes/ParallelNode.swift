// `parallel`: several lists of nodes at the same time.

import JSONCodec
import Workflows

struct ParallelNode: RunnableSettings {
  private let plan: ParallelPlan

  static let type = NodeType(
    name: "parallel", schema: schema, timeLimit: "set it on the nodes inside, or on the workflow"
  ) { read(&$0) }

  static let schema = SettingsSchema.object(
    [
      (
        "branches",
        SettingsSchema.list(
          "Run at the same time.",
          of: SettingsSchema.object([("do", SettingsSchema.nodes("The nodes of the branch."))], required: ["do"]))
      ),
      (
        "mode",
        SettingsSchema.choice(
          "all: every branch has to succeed; any: the first that succeeds; race: the first that ends; settled: all, whatever they come to.",
          ParallelPlan.Mode.self, default: .all)
      ),
    ], required: ["branches"])

  private static let mostBranches = 100

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let mode = reader.choice("mode", default: ParallelPlan.Mode.all)
    let branches = reader.list("branches", required: true) { branch in
      if !branch.has("do") { branch.report("a branch needs \"do\": its nodes") }
      return branch.nodes("do") ?? []
    }
    if branches.count > mostBranches { reader.report("there may be \(mostBranches) branches", at: "branches") }
    return ParallelNode(plan: ParallelPlan(branches: branches, mode: mode))
  }

  func start(_ run: NodeRun) throws -> NodeStep { .parallel(plan) }
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .parallel(plan) }
}
