// What templates and conditions see of one execution: the request, the results so far, the environment.

import JSONCodec
import Workflows

/// One run's variables. It notices when a value of `$env`, or one made from it, is read, because such values must
/// not reach a record. Used by one task only.
final class ExecutionScope: VariableScope {
  /// What a branch that runs beside others takes along.
  struct Snapshot: Sendable {
    fileprivate var data: JSON?
    fileprivate var results: [String: JSON] = [:]
    fileprivate var variables: [String: JSON] = [:]
    fileprivate var scopes: [String: JSON] = [:]
    fileprivate var secretNodes: Set<String> = []
    fileprivate var secretVariables: Set<String> = []
    fileprivate var secretScopes: Set<String> = []
    fileprivate var secrets: Set<String> = []

    mutating func set(scope key: String, to value: JSON?, isSecret: Bool) {
      scopes[key] = value
      if isSecret { secretScopes.insert(key) } else { secretScopes.remove(key) }
    }
  }

  /// A place to come back to.
  struct Mark: Sendable {
    fileprivate let known: Snapshot
    fileprivate let ownResults: Set<String>?
    fileprivate let ownVariables: Set<String>
  }

  private let input: ExecutionInput
  private let failedTries: Int
  private var known: Snapshot
  /// What this branch has set; nil where nobody asks.
  private var ownResults: Set<String>?
  private var ownVariables: Set<String> = []
  /// Every value of `$env` that was read in this run.
  var secrets: Set<String> { known.secrets }
  /// Whether anything read since `beginNode` came from `$env`.
  private(set) var hasReadSecret = false

  init(_ input: ExecutionInput, failedTries: Int, branchOf snapshot: Snapshot? = nil) {
    self.input = input
    known = snapshot ?? Snapshot()
    ownResults = snapshot == nil ? nil : []
    self.failedTries = failedTries
  }

  var snapshot: Snapshot { known }
  var mark: Mark { Mark(known: known, ownResults: ownResults, ownVariables: ownVariables) }

  /// Forgets what was set since; not what was read of `$env`, for it may stand in messages.
  func restore(_ mark: Mark) {
    let (data, secrets) = (known.data, known.secrets)
    (known, ownResults, ownVariables) = (mark.known, mark.ownResults, mark.ownVariables)
    known.data = data
    known.secrets = secrets
  }

  /// What the branch has set, for the walk that it left.
  struct Changes: Sendable {
    fileprivate var results: [String: JSON] = [:]
    fileprivate var variables: [String: JSON] = [:]
    fileprivate var secretNodes: Set<String> = []
    fileprivate var secretVariables: Set<String> = []
    fileprivate var secrets: Set<String> = []
  }

  var changes: Changes {
    let own = ownResults ?? []
    return Changes(
      results: known.results.filter { own.contains($0.key) },
      variables: known.variables.filter { ownVariables.contains($0.key) },
      secretNodes: known.secretNodes.intersection(own),
      secretVariables: known.secretVariables.intersection(ownVariables), secrets: known.secrets)
  }

  func take(_ changes: Changes, withResults: Bool) {
    for (node, result) in changes.results where withResults {
      set(result: result, of: node, isSecret: changes.secretNodes.contains(node))
    }
    for (name, value) in changes.variables {
      set(variable: name, to: value, isSecret: changes.secretVariables.contains(name))
    }
    learn(changes)
  }

  /// Which values of `$env` a branch has read, whatever it has come to.
  func learn(_ changes: Changes) {
    known.secrets.formUnion(changes.secrets)
  }

  func beginNode() {
    hasReadSecret = false
  }

  func set(result: JSON, of node: String, isSecret: Bool) {
    known.results[node] = result
    if isSecret { known.secretNodes.insert(node) } else { known.secretNodes.remove(node) }
    ownResults?.insert(node)
  }

  /// The keys of all nodes that have a result.
  var nodes: Set<String> { Set(known.results.keys) }

  /// What other nodes have come to is as if they had not run.
  func forgetResults(except nodes: Set<String>) {
    guard known.results.count > nodes.count else { return }
    known.results = known.results.filter { nodes.contains($0.key) }
    known.secretNodes.formIntersection(nodes)
  }

  func result(of node: String) -> JSON? { known.results[node] }
  func isSecret(resultOf node: String) -> Bool { known.secretNodes.contains(node) }

  /// What an enclosing node offers to those inside it; null when it is over.
  func set(scope key: String, to value: JSON?, isSecret: Bool = false) {
    known.set(scope: key, to: value, isSecret: isSecret)
  }

  func set(variable name: String, to value: JSON, isSecret: Bool) {
    known.variables[name] = value
    if isSecret { known.secretVariables.insert(name) } else { known.secretVariables.remove(name) }
    if ownResults != nil { ownVariables.insert(name) }
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
      if known.secretNodes.contains(key) { hasReadSecret = true }
      return known.results[key]
    case .scope(let key):
      if known.secretScopes.contains(key) { hasReadSecret = true }
      return known.scopes[key]
    case .system(let name): return system(name)
    case .environment(let name):
      guard let value = input.environment[name] else { return nil }
      hasReadSecret = true
      known.secrets.insert(value)
      return .string(value)
    case .variable(let name):
      if known.secretVariables.contains(name) { hasReadSecret = true }
      return known.variables[name]
    }
  }

  private func context(_ field: String) throws(TemplateError) -> JSON? {
    if field == "data", let data = known.data { return data }
    do {
      let value = try input.request.value(ofContext: field)
      // Parsed once, when something first asks for it.
      if field == "data" { known.data = value }
      return value
    } catch {
      throw TemplateError("the request's body cannot be read: \(error)")
    }
  }

  /// As an object, of the nodes that have a result and are wanted.
  func results(where isWanted: (String) -> Bool) -> JSON {
    let wanted = known.results.filter { isWanted($0.key) }.sorted { $0.key < $1.key }
    if wanted.contains(where: { known.secretNodes.contains($0.key) }) { hasReadSecret = true }
    return .object(JSONObject(wanted.map { ($0.key, $0.value) }))
  }

  var allVariables: JSON {
    if !known.secretVariables.isEmpty { hasReadSecret = true }
    return .object(JSONObject(known.variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }

  private func system(_ name: String) -> JSON? {
    switch name {
    case "now": .string(Timestamp(milliseconds: input.request.receivedAt).description)
    case "executionId": .string(input.id)
    case "workflow": .string(input.request.workflow)
    case "version": .int(Int64(input.request.version))
    case "attempt": .int(Int64(input.attempt + failedTries))
    default: nil
    }
  }
}
