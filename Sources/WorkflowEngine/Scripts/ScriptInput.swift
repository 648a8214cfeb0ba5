// What the scripts of one call see: only what their texts speak of is written down for them.

import JSONCodec
import Scripting
import Workflows

struct ScriptInput {
  private static let fields = ["data", "headers", "query", "params", "method", "path", "clientAddress", "rawBody"]

  private let text: String
  private let speaksOfAll: Bool

  init(_ codes: [ScriptCode]) {
    text = codes.map(\.text).joined(separator: "\n")
    // Names that are put together at run time cannot be seen here.
    speaksOfAll = text.contains("eval") || text.contains("Function(")
  }

  func bytes(_ scope: ExecutionScope, args: JSON? = nil, environment names: [String] = []) throws -> [UInt8] {
    var members: [(key: String, value: JSON)] = []
    if speaks(of: "context") { members.append(("$context", try context(scope))) }
    if speaks(of: "$nodes") {
      let whole = speaksOfAll || text.contains("$nodes[") || !text.contains("$nodes.")
      members.append(("$nodes", scope.results { whole || text.contains($0) }))
    }
    if speaks(of: "$vars") { members.append(("$vars", scope.allVariables)) }
    var environment: [(key: String, value: JSON)] = []
    for name in names {
      if let value = try scope.value(of: .environment(name)) { environment.append((name, value)) }
    }
    members.append(("$env", .object(JSONObject(environment.map { ($0.key, $0.value) }))))
    if let args { members.append(("args", args)) }
    return JSON.object(JSONObject(distinct: members)).bytes
  }

  private func speaks(of name: String) -> Bool { speaksOfAll || text.contains(name) }

  private func context(_ scope: ExecutionScope) throws -> JSON {
    var members: [(key: String, value: JSON)] = []
    for field in Self.fields where field != "rawBody" || speaks(of: field) {
      members.append((field, try scope.value(of: .context(field)) ?? .null))
    }
    return .object(JSONObject(distinct: members))
  }
}
