// What is known while one file is being loaded: its problems so far, and which names a template may use where.

import JSONCodec

final class LoadingSession {
  enum Place {
    /// `when` and `response` of a trigger, which ingest evaluates.
    case trigger
    /// `order` of a workflow, likewise.
    case order
    case nodes
  }

  let file: String
  /// A definition that was applied already: checks that have come since must not take it away.
  let isStored: Bool
  let nodeTypes: [String: NodeType]
  let triggerExtension: TriggerExtension?
  private(set) var problems: [Diagnostic] = []
  var place = Place.nodes
  var triggerMode = Trigger.Mode.async
  /// The workflow's, for nodes without one.
  var retry: RetryPolicy?
  var scope = NodeScope()
  var files: NamedFiles
  /// All JavaScript of the file.
  private(set) var code: [WrittenCode] = []

  init(
    file: String, isStored: Bool, files: NamedFiles, nodeTypes: [String: NodeType], triggerExtension: TriggerExtension?
  ) {
    self.file = file
    self.isStored = isStored
    self.files = files
    self.nodeTypes = nodeTypes
    self.triggerExtension = triggerExtension
  }

  func report(_ message: String, at position: SourcePosition) {
    problems.append(Diagnostic(file: file, line: position.line, column: position.column, message: message))
  }

  func add(code text: String, isExpression: Bool, in place: WrittenCode.Place) {
    code.append(WrittenCode(text: text, isExpression: isExpression, place: place, file: file))
  }

  /// Reports when it cannot be read.
  func text(ofFile name: String, at position: SourcePosition) -> String? {
    switch files.text(of: name) {
    case .success(let text):
      return text
    case .failure(let problem):
      report("the file \"\(name)\" \(problem.message)", at: position)
      return nil
    }
  }

  /// The path of a named file, for messages.
  func path(ofFile name: String) -> String { (file.lastIndex(of: "/").map { String(file[...$0]) } ?? "") + name }

  func template(_ value: SourceValue) -> Template {
    var compiler = TemplateCompiler()
    let template = compiler.template(value)
    for (position, error) in compiler.problems { report(error.message, at: position) }
    for (position, reference) in compiler.references { check(reference, at: position) }
    return template
  }

  private func check(_ reference: Reference, at position: SourcePosition) {
    switch (place, reference.root) {
    case (_, .context), (_, .system), (_, .environment): return
    case (.trigger, _): reportUnknown(reference, in: "a trigger", at: position)
    case (.order, _): reportUnknown(reference, in: "\"order\"", at: position)
    case (.nodes, .node(let key)):
      if !scope.visible.contains(key) { scope.nodeUses.append((key, reference.text, position)) }
    case (.nodes, .variable(let name)): scope.variableUses.append((name, position))
    case (.nodes, .scope(let name)): checkScope(name, of: reference, at: position)
    }
  }

  private func reportUnknown(_ reference: Reference, in place: String, at position: SourcePosition) {
    report("\"\(reference.text)\" cannot be used in \(place): there are $context, $env and $system", at: position)
  }

  private func checkScope(_ name: String, of reference: Reference, at position: SourcePosition) {
    guard let fields = scope.fields(ofScope: name) else {
      let suggestion = Suggestion.text(for: name, among: scope.scopeNames)
      return report(
        "\"\(reference.text)\" can only be used inside a node \"\(name)\" that repeats its nodes\(suggestion)",
        at: position)
    }
    guard let field = reference.path.first?.name, !fields.isEmpty, !fields.contains(field) else { return }
    report("$scopes.\(name) has no \"\(field)\"; it has \(fields.joined(separator: ", "))", at: position)
  }

  /// What can only be judged when all nodes are known.
  func finish() {
    for use in scope.nodeUses { reportHiddenNode(use) }
    for use in scope.variableUses where !scope.variables.contains(use.name) {
      let suggestion = Suggestion.text(for: use.name, among: scope.variables.sorted())
      report("no \"variable\" node sets \"\(use.name)\"\(suggestion)", at: use.position)
    }
  }

  private func reportHiddenNode(_ use: (key: String, text: String, position: SourcePosition)) {
    let message =
      if use.text.isEmpty {
        ""
      } else if scope.positions[use.key] == nil {
        "there is no node \"\(use.key)\"" + Suggestion.text(for: use.key, among: scope.positions.keys.sorted())
      } else {
        "the node \"\(use.key)\" has not run at this point: only nodes before this one have results"
      }
    report(message, at: use.position)
  }
}
