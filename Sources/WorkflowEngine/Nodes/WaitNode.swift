// `wait`: gives an address out, and goes on with what comes there.

import JSONCodec
import ProcessSupport
import Workflows

struct WaitNode: RunnableSettings {
  enum OnTimeout: String, CaseIterable, Sendable {
    case fail, `continue`
  }

  private let plan: CallbackPlan

  static let type = NodeType(
    name: "wait", schema: schema, timeLimit: "\"for\" says how long it waits"
  ) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("do", SettingsSchema.nodes("Run before it waits; they read the address as $scopes.<key>.url.")),
    ("for", SettingsSchema.text("How long it waits; 7d unless given, 366d at most.")),
    ("onTimeout", SettingsSchema.choice("What follows when nobody calls.", OnTimeout.self, default: .fail)),
  ])

  private static let standard = Duration.seconds(7 * 86_400)

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let timeout = reader.positiveDuration("for") ?? standard
    if timeout > DelayNode.longest { reader.report("\"for\" is 366d at most", at: "for") }
    let onTimeout = reader.choice("onTimeout", default: OnTimeout.fail)
    reader.declareScope(fields: ["url"])
    let nodes = reader.nodes("do") ?? []
    return WaitNode(plan: CallbackPlan(nodes: nodes, timeout: timeout, failsOnTimeout: onTimeout == .fail))
  }

  func start(_ run: NodeRun) throws -> NodeStep { .wait(plan) }
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .wait(plan) }
}
