// What templates and conditions see of one execution: the request, the results so far, the environment.

import JSONCodec
import Workflows

/// One run's variables. It notices when a value of `$env`, or one made from it, is read, because such values must
/// not reach a record. Used by one task only.
final class ExecutionScope: VariableScope {
  private let input: ExecutionInput
  private var data: JSON?
  private var results: [String: JSON] = [:]
  private var variables: [String: JSON] = [:]
  private var secretNodes: Set<String> = []
  private var secretVariables: Set<String> = []
  /// Every value of `$env` that was read in this run.
  private(set) var secrets: Set<String> = []
  /// Whether anything read since `beginNode` came from `$env`.
  private(set) var hasReadSecret = false

  init(_ input: ExecutionInput) {
    self.input = input
  }

  func beginNode() {
    hasReadSecret = false
  }

  func set(result: JSON, of node: String, isSecret: Bool) {
    results[node] = result
    if isSecret { secretNodes.insert(node) }
  }

  func set(variable name: String, to value: JSON, isSecret: Bool) {
    variables[name] = value
    if isSecret { secretVariables.insert(name) } else { secretVariables.remove(name) }
  }

  /// Whether the work read anything that came from `$env`.
  func noticingSecrets<Value>(_ work: () throws -> Value) rethrows -> (value: Value, isSecret: Bool) {
    let before = hasReadSecret
    hasReadSecret = false
    defer { hasReadSecret = hasReadSecret || before }
    let value = try work()
    return (value, hasReadSecret)
  }

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let name): return try context(name)
    case .node(let key):
      if secretNodes.contains(key) { hasReadSecret = true }
      return results[key]
    case .scope: return nil
    case .system(let name): return system(name)
    case .environment(let name):
      guard let value = input.environment[name] else { return nil }
      hasReadSecret = true
      secrets.insert(value)
      return .string(value)
    case .variable(let name):
      if secretVariables.contains(name) { hasReadSecret = true }
      return variables[name]
    }
  }

  private func context(_ field: String) throws(TemplateError) -> JSON? {
    if field == "data", let data { return data }
    do {
      let value = try input.request.value(ofContext: field)
      // Parsed once, when something first asks for it.
      if field == "data" { data = value }
      return value
    } catch {
      throw TemplateError("the request's body cannot be read: \(error)")
    }
  }

  /// As an object, of the nodes that have a result and are wanted.
  func results(where isWanted: (String) -> Bool) -> JSON {
    let wanted = results.filter { isWanted($0.key) }.sorted { $0.key < $1.key }
    if wanted.contains(where: { secretNodes.contains($0.key) }) { hasReadSecret = true }
    return .object(JSONObject(wanted.map { ($0.key, $0.value) }))
  }

  var allVariables: JSON {
    if !secretVariables.isEmpty { hasReadSecret = true }
    return .object(JSONObject(variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }

  private func system(_ name: String) -> JSON? {
    switch name {
    case "now": .string(Timestamp(milliseconds: input.request.receivedAt).description)
    case "executionId": .string(input.id)
    case "workflow": .string(input.request.workflow)
    case "version": .int(Int64(input.request.version))
    case "attempt": .int(Int64(input.attempt))
    default: nil
    }
  }
}
