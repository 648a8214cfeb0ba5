// From the text of files to workflows that run: everything that can be wrong is said before anything is applied.

package import JSONCodec

package struct LoadedWorkflow: Sendable {
  package let workflow: Workflow
  /// Canonical: aliases and merge keys written out, key order kept, `key` always present.
  package let definition: JSON
  package let file: String
}

package struct WorkflowLoader: Sendable {
  private let nodeTypes: [String: NodeType]
  private let ignoresNodes: Bool

  /// - Precondition: no two node types have one name.
  package init(nodeTypes: [NodeType]) {
    var known: [String: NodeType] = [:]
    for type in nodeTypes {
      precondition(known[type.name] == nil, "two node types are named \"\(type.name)\"; a name must be unique")
      known[type.name] = type
    }
    self.nodeTypes = known
    ignoresNodes = false
  }

  /// For ingest: triggers and heads only; nodes are neither compiled nor checked.
  package init(nodesIgnored: ()) {
    nodeTypes = [:]
    ignoresNodes = true
  }

  /// Reads one file's text, YAML or JSON. The file's name is for messages, and for the key if the text sets none.
  /// - Throws: all that is wrong, in the order of the text.
  package func load(file: String, text: String) throws(Diagnostics) -> LoadedWorkflow {
    try loadWithPositions(file: file, text: text).loaded
  }

  /// Compiles a definition that was checked when it was applied.
  package func load(stored json: JSON, key: String) throws(Diagnostics) -> Workflow {
    try workflow(SourceValue(stored: json), file: key, defaultKey: key)
  }

  /// Reads all files of a directory, whose text the caller has read already: keys must differ and paths not clash.
  /// - Throws: all that is wrong in all files.
  package func load(files: [(file: String, text: String)]) throws(Diagnostics) -> [LoadedWorkflow] {
    var directory = WorkflowDirectory()
    for (file, text) in files {
      do {
        let (loaded, source) = try loadWithPositions(file: file, text: text)
        directory.add(loaded, source: source)
      } catch {
        directory.problems += error.list
      }
    }
    if !directory.problems.isEmpty { throw Diagnostics(directory.problems) }
    return directory.workflows
  }

  private func loadWithPositions(
    file: String, text: String
  ) throws(Diagnostics) -> (loaded: LoadedWorkflow, source: SourceValue) {
    let source = try SourceDocument.parse(text, file: file)
    let workflow = try workflow(source, file: file, defaultKey: Self.baseName(file))
    let definition = Self.canonical(source, key: workflow.key)
    return (LoadedWorkflow(workflow: workflow, definition: definition, file: file), source)
  }

  private func workflow(_ source: SourceValue, file: String, defaultKey: String) throws(Diagnostics) -> Workflow {
    let session = LoadingSession(file: file, nodeTypes: nodeTypes)
    let reading = WorkflowReading(session: session, defaultKey: defaultKey, ignoresNodes: ignoresNodes)
    let workflow = reading.workflow(source)
    if !session.problems.isEmpty { throw Diagnostics(session.problems) }
    return workflow
  }

  private static func canonical(_ source: SourceValue, key: String) -> JSON {
    let members = (source.members ?? []).filter { $0.key != "key" }.map { ($0.key, $0.value.json) }
    return .object(JSONObject([("key", .string(key))] + members))
  }

  private static func baseName(_ file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    for ending in [".yaml", ".yml", ".json"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return name
  }
}
