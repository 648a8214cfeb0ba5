// `loop`: its nodes once for each item, or for as long as something holds.

import JSONCodec
import Workflows

struct LoopNode: RunnableSettings {
  private let over: Template?
  private let nodes: [Node]
  private let condition: BranchConditions?
  private let width: Int
  private let onError: LoopPlan.OnError
  private let limit: Int

  static let type = NodeType(
    name: "loop", schema: schema, timeLimit: "set it on the nodes inside, or on the workflow"
  ) { read(&$0) }

  static let schema = SettingsSchema.object(
    [
      ("over", SettingsSchema.value("A list, a number (so many times), or a text (each character).")),
      ("do", SettingsSchema.nodes("Run for each item; they read $scopes.<key>.item, index, sequence and length.")),
      ("while", SettingsSchema.condition),
      ("parallel", SettingsSchema.integer("Items in work at once.", in: 1...mostParallel, default: 1)),
      ("onError", SettingsSchema.choice("What follows when an item fails.", LoopPlan.OnError.self, default: .fail)),
      ("limit", SettingsSchema.integer("The most items; more are an error.", in: 1...mostItems, default: mostItems)),
    ], required: ["do"])

  private static let mostParallel = 100
  private static let mostItems = 10_000

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let over = reader.has("over") ? reader.template("over") : nil
    reader.declareScope(fields: ["item", "index", "sequence", "length"])
    let condition = reader.has("while") ? reader.condition("while", required: true) : nil
    let width = reader.integer("parallel", in: 1...mostParallel, default: 1)
    let onError = reader.choice("onError", default: LoopPlan.OnError.fail)
    let limit = reader.integer("limit", in: 1...mostItems, default: mostItems)
    if !reader.has("do") { reader.report("a loop needs \"do\": the nodes to run for each item") }
    let nodes = reader.nodes("do") ?? []
    if !reader.has("over"), !reader.has("while") { reader.report("a loop needs \"over\" or \"while\"") }
    if width > 1, reader.has("while") {
      reader.report("\"parallel\" does not go with \"while\": what holds depends on the items before", at: "parallel")
    }
    return LoopNode(
      over: over, nodes: nodes, condition: condition.map { BranchConditions([$0]) }, width: width, onError: onError,
      limit: limit)
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    .loop(
      LoopPlan(
        items: try over.map { try items(of: $0.evaluate(run.scope)) }, nodes: nodes, condition: condition,
        width: width, onError: onError, limit: limit))
  }

  /// What is in it has records of its own, and gives its results again.
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { nil }

  private func items(of value: JSON) throws -> [JSON] {
    switch value.kind {
    case .array: return value.elements
    case .string:
      let text = value.stringValue ?? ""
      // Counted before they are taken apart: a sender may have sent millions.
      let count = text.count
      guard count <= limit else { throw NodeFailure.error("it has \(count) items, and its limit is \(limit)") }
      return text.map { .string(String($0)) }
    case .null: return []
    case .number:
      // Compared as a double first: it may be larger than any whole number here.
      guard let number = value.doubleValue, number >= 0 else {
        throw NodeFailure.error("\"over\" is a negative number: \(value.text.prefix(40))")
      }
      guard number < Double(limit + 1) else {
        throw NodeFailure.error("it has \(value.text.prefix(40)) items, and its limit is \(limit)")
      }
      return (0..<Int64(number)).map { .int($0) }
    case .object, .bool: return [value]
    }
  }
}
