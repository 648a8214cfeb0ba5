// What must hold between the workflows of one directory.

import JSONCodec

struct WorkflowDirectory {
  private(set) var workflows: [LoadedWorkflow] = []
  var problems: [Diagnostic] = []

  mutating func add(_ loaded: LoadedWorkflow, source: SourceValue) {
    if let other = workflows.first(where: { $0.workflow.key == loaded.workflow.key }) {
      report(
        "the key \"\(loaded.workflow.key)\" is used by \(other.file) already", in: loaded,
        at: source["key"]?.position ?? source.position)
    }
    if let path = loaded.workflow.trigger.path, let other = clash(of: path) {
      let theirs = other.workflow.trigger.path?.text ?? ""
      report(
        "the path \(path) clashes with \(theirs) of \(other.file): some requests would fit both", in: loaded,
        at: loaded.pathPosition)
    }
    workflows.append(loaded)
  }

  private func clash(of path: PathPattern) -> LoadedWorkflow? {
    workflows.first { $0.workflow.trigger.path?.clashes(with: path) ?? false }
  }

  private mutating func report(_ message: String, in loaded: LoadedWorkflow, at position: SourcePosition) {
    problems.append(Diagnostic(file: loaded.file, line: position.line, column: position.column, message: message))
  }
}
