// What the scripts of one call see: only what their texts speak of is written down for them.

import JSONCodec
import Scripting
import Workflows

/// Made once for each workflow version: it reads the code.
struct ScriptInput: Sendable {
  private let fields: [String]
  private let uses: Set<String>
  private let nodes: NodeMentions

  private static let names = ["context", "$vars", "args"]
  private static let contextFields = [
    "data", "headers", "query", "params", "method", "path", "clientAddress", "rawBody",
  ]
  /// With these a script reaches what its text does not name.
  private static let masterKeys = ["eval", "Function", "arguments", "constructor", "\\u"]

  init(_ codes: [ScriptCode]) {
    let text = codes.map(\.text).joined(separator: "\n")
    let speaksOfAll = Self.masterKeys.contains { text.contains($0) }
    uses = Set(Self.names.filter { speaksOfAll || text.contains($0) })
    fields = Self.contextFields.filter { $0 != "rawBody" || speaksOfAll || text.contains($0) }
    nodes = speaksOfAll ? .all : NodeMentions(in: text)
  }

  func bytes(_ scope: ExecutionScope, args: Template? = nil, environment names: [String] = []) throws -> [UInt8] {
    var members: [(key: String, value: JSON)] = []
    if uses.contains("context") { members.append(("$context", try context(scope))) }
    if !nodes.isNone { members.append(("$nodes", scope.results(where: nodes.includes))) }
    if uses.contains("$vars") { members.append(("$vars", scope.allVariables)) }
    if !names.isEmpty { members.append(("$env", try environment(names, scope))) }
    if let args { members.append(("args", try args.evaluate(scope))) }
    return JSON.object(JSONObject(distinct: members)).bytes
  }

  private func context(_ scope: ExecutionScope) throws -> JSON {
    var members: [(key: String, value: JSON)] = []
    for field in fields { members.append((field, try scope.value(of: .context(field)) ?? .null)) }
    return .object(JSONObject(distinct: members))
  }

  private func environment(_ names: [String], _ scope: ExecutionScope) throws -> JSON {
    var values: [(String, JSON)] = []
    for name in names {
      if let value = try scope.value(of: .environment(name)) { values.append((name, value)) }
    }
    return .object(JSONObject(values))
  }
}
