// Node types, scopes and short cuts for the tests of this module.
import JSONCodec
import Workflows

struct AnySettings: NodeSettings {
  var templates: [Template] = []
  var conditions: [Condition] = []
  var branches: [[Node]] = []
}

enum TestNodes {
  static let all = [map, request, condition, `switch`, variable, each, response]
  static let loader = WorkflowLoader(nodeTypes: all)

  static let map = NodeType(name: "map", schema: ["properties": ["value": true], "required": ["value"]]) { reader in
    AnySettings(templates: [reader.template("value", required: true)].compactMap(\.self))
  }
  static let request = NodeType(
    name: "request", schema: ["properties": ["url": ["type": "string"]], "required": ["url"]]
  ) { reader in
    let url = reader.template("url", required: true)
    let json = reader.template("json")
    let headers = reader.headers("headers").map(\.value)
    _ = reader.integer("redirects", in: 0...20, default: 5)
    _ = reader.size("maxBody")
    return AnySettings(templates: [url, json].compactMap(\.self) + headers)
  }
  static let condition = NodeType(name: "condition", schema: [:]) { reader in
    let condition = reader.condition("if", required: true)
    let branches = [reader.nodes("then"), reader.nodes("else")].compactMap(\.self)
    return AnySettings(conditions: [condition].compactMap(\.self), branches: branches)
  }
  static let `switch` = NodeType(name: "switch", schema: [:]) { reader in
    let cases = reader.list("cases", required: true) { entry in
      _ = entry.condition("if", required: true)
      return entry.nodes("do") ?? []
    }
    return AnySettings(branches: cases + [reader.nodes("otherwise") ?? []])
  }
  static let variable = NodeType(name: "variable", schema: [:]) { reader in
    let set = reader.templates("set")
    for (name, _) in set { reader.declareVariable(name) }
    return AnySettings(templates: set.map(\.value))
  }
  static let each = NodeType(name: "each", schema: [:]) { reader in
    let over = reader.template("over", required: true)
    reader.declareScope()
    return AnySettings(templates: [over].compactMap(\.self), branches: [reader.nodes("do") ?? []])
  }
  static let response = NodeType(name: "response", schema: [:]) { reader in
    if reader.triggerMode == .async { reader.report("a response node needs trigger.mode sync", at: "type") }
    _ = reader.integer("status", in: 200...599, default: 200)
    return AnySettings()
  }
}

/// Answers from a dictionary: `data`, `nodes.a`, `vars.x`, `env.X`, `system.now`.
struct TestScope: VariableScope {
  var values: [VariableRoot: JSON] = [:]

  init(data: JSON = .null, _ values: [VariableRoot: JSON] = [:]) {
    self.values = values
    self.values[.context("data")] = data
  }

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? { values[root] }
}

/// The problems of a text, one per line, as they are printed.
func problems(_ text: String, file: String = "a.yaml", loader: WorkflowLoader = TestNodes.loader) -> [String] {
  do {
    _ = try loader.load(file: file, text: text)
    return []
  } catch {
    return error.list.map(\.description)
  }
}

/// A workflow with these nodes, each line indented as it should be under `nodes:`.
func workflow(nodes: String) -> String {
  "trigger: {type: webhook}\nnodes:\n" + nodes
}

/// The trigger alone, in flow style.
func workflow(trigger: String) -> String {
  "trigger: {type: webhook, \(trigger)}\n"
}

/// A request with this body and type.
func request(_ body: [UInt8], type: String?, kind: BodyKind = .auto) -> WebhookRequest {
  WebhookRequest(
    workflow: "a", version: 1, receivedAt: 0, method: "POST", path: "/", clientAddress: "192.0.2.1", contentType: type,
    bodyKind: kind, body: body)
}
