// From the text of files to workflows that run: everything that can be wrong is said before anything is applied.

package import JSONCodec

package struct LoadedWorkflow: Sendable {
  package let workflow: Workflow
  /// Canonical: aliases and merge keys written out, key order kept, `key` always present; `files` has those that the
  /// workflow names.
  package let definition: JSON
  package let file: String
  /// Where `trigger.path` is written, or else where the file begins.
  package let pathPosition: SourcePosition
}

package struct WorkflowLoader: Sendable {
  private let nodeTypes: [String: NodeType]
  private let triggerExtension: TriggerExtension?
  private let ignoresNodes: Bool

  /// - Precondition: no two node types have one name.
  package init(nodeTypes: [NodeType], trigger: TriggerExtension? = nil) {
    var known: [String: NodeType] = [:]
    for type in nodeTypes {
      precondition(known[type.name] == nil, "two node types are named \"\(type.name)\"; a name must be unique")
      known[type.name] = type
    }
    self.nodeTypes = known
    triggerExtension = trigger
    ignoresNodes = false
  }

  /// For ingest: triggers and heads only; nodes are neither compiled nor checked.
  package init(nodesIgnored: (), trigger: TriggerExtension? = nil) {
    nodeTypes = [:]
    triggerExtension = trigger
    ignoresNodes = true
  }

  /// Reads one file's text, YAML or JSON. The file's name is for messages, and for the key if the text sets none.
  /// - Throws: all that is wrong, in the order of the text.
  package func load(
    file: String, text: String, named reader: @escaping NamedFileReader = noFiles
  ) throws(Diagnostics) -> LoadedWorkflow {
    let directory = read(files: [(file, text)], named: reader)
    guard let workflow = directory.workflows.first, directory.problems.isEmpty else {
      throw Diagnostics(directory.problems)
    }
    return workflow
  }

  package static func noFiles(_ path: String) -> Result<String, NamedFileProblem> {
    .failure(NamedFileProblem("cannot be read here"))
  }

  /// Compiles a definition that was checked when it was applied.
  package func load(stored json: JSON, key: String) throws(Diagnostics) -> Workflow {
    let definition = JSON.object(
      JSONObject(json.members.filter { $0.key != NamedFiles.member }.map { ($0.key, $0.value) }))
    let (workflow, session) = read(
      SourceValue(stored: definition), file: key, isStored: true, defaultKey: key, files: NamedFiles(storedIn: json))
    if !session.problems.isEmpty { throw Diagnostics(session.problems) }
    return workflow
  }

  /// Reads all files of a directory, whose text the caller has read already: keys must differ and paths not clash.
  package func read(
    files: [(file: String, text: String)], named reader: @escaping NamedFileReader = noFiles
  ) -> WorkflowDirectory {
    var directory = WorkflowDirectory()
    for (file, text) in files {
      do throws(Diagnostics) {
        let source = try SourceDocument.parse(text, file: file)
        let (workflow, session) = read(
          source, file: file, defaultKey: Self.baseName(file), files: NamedFiles(besides: file, reader))
        directory.code += session.code
        if !session.problems.isEmpty { throw Diagnostics(session.problems) }
        let definition = Self.canonical(source, key: workflow.key, session.files)
        let loaded = LoadedWorkflow(
          workflow: workflow, definition: definition, file: file,
          pathPosition: source["trigger"]?["path"]?.position ?? source.position)
        directory.add(loaded, source: source)
      } catch {
        directory.problems += error.list
      }
    }
    return directory
  }

  private func read(
    _ source: SourceValue, file: String, isStored: Bool = false, defaultKey: String, files: NamedFiles
  ) -> (workflow: Workflow, session: LoadingSession) {
    let session = LoadingSession(
      file: file, isStored: isStored, files: files, nodeTypes: nodeTypes, triggerExtension: triggerExtension)
    let reading = WorkflowReading(session: session, defaultKey: defaultKey, ignoresNodes: ignoresNodes)
    return (reading.workflow(source), session)
  }

  private static func canonical(_ source: SourceValue, key: String, _ files: NamedFiles) -> JSON {
    let members = (source.members ?? []).filter { $0.key != "key" }.map { ($0.key, $0.value.json) }
    return .object(JSONObject([("key", .string(key))] + members + (files.stored.map { [$0] } ?? [])))
  }

  private static func baseName(_ file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    for ending in [".yaml", ".yml", ".json"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return name
  }
}
