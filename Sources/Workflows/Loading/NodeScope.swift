// Which node results, variables and loop scopes a template can see at the point that is being read.

struct NodeScope {
  private struct Enclosing {
    let key: String
    /// Nodes inside its branches: they may have run once it is over.
    var inside: Set<String> = []
    var scopes: [(name: String, fields: [String])] = []
  }

  /// Every node key, with the place of its first use.
  private(set) var positions: [String: SourcePosition] = [:]
  /// Nodes that may have run before the one being read.
  private(set) var visible: Set<String> = []
  private var enclosing: [Enclosing] = []
  private(set) var count = 0

  var variables: Set<String> = []
  var variableUses: [(name: String, position: SourcePosition)] = []
  /// Uses of nodes that were not visible, judged at the end.
  var nodeUses: [(key: String, text: String, position: SourcePosition)] = []

  var currentKey: String? { enclosing.last?.key }
  var depth: Int { enclosing.count }
  var scopeNames: [String] { enclosing.flatMap { $0.scopes.map(\.name) } }

  func fields(ofScope name: String) -> [String]? {
    enclosing.reversed().lazy.flatMap(\.scopes).first { $0.name == name }?.fields
  }

  /// - Returns: where the key was used before.
  mutating func register(_ key: String, at position: SourcePosition) -> SourcePosition? {
    if let first = positions[key] { return first }
    positions[key] = position
    return nil
  }

  mutating func countNode() -> Int {
    count += 1
    return count
  }

  mutating func enter(_ key: String) {
    enclosing.append(Enclosing(key: key))
  }

  mutating func leave() {
    guard let node = enclosing.popLast() else { return }
    visible.formUnion(node.inside)
    visible.insert(node.key)
  }

  /// A list of nodes inside a node: what runs in one branch is not seen by its neighbours.
  mutating func beginBranch() -> Set<String> { visible }

  mutating func endBranch(_ before: Set<String>) {
    guard !enclosing.isEmpty else { return }
    enclosing[enclosing.count - 1].inside.formUnion(visible.subtracting(before))
    visible = before
  }

  mutating func declareScope(_ name: String, fields: [String]) {
    guard !enclosing.isEmpty else { return }
    enclosing[enclosing.count - 1].scopes.append((name, fields))
  }

  /// Takes the names out of a node that cannot be read, so that its one problem does not cause others.
  mutating func adopt(_ value: SourceValue) {
    for element in value.list ?? [] { adopt(element) }
    guard let members = value.members else { return }
    if let key = value["key"]?.string, value["type"]?.string != nil {
      if positions[key] == nil { positions[key] = value.position }
      visible.insert(key)
      for member in value["set"]?.members ?? [] { variables.insert(member.key) }
    }
    for member in members { adopt(member.value) }
  }
}
