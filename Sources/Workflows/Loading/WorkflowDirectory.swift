// What reading the files of one directory gave, and what must hold between its workflows.

import JSONCodec

package struct WorkflowDirectory {
  /// Those with nothing wrong in their own files.
  package private(set) var workflows: [LoadedWorkflow] = []
  /// All that is wrong in all files.
  package internal(set) var problems: [Diagnostic] = []
  /// All JavaScript that could be read, also that of files with problems.
  package internal(set) var code: [WrittenCode] = []

  mutating func add(_ loaded: LoadedWorkflow, source: SourceValue) {
    if let other = workflows.first(where: { $0.workflow.key == loaded.workflow.key }) {
      report(
        "the key \"\(loaded.workflow.key)\" is used by \(other.file) already", in: loaded,
        at: source["key"]?.position ?? source.position)
    }
    if loaded.workflow.enabled, let path = loaded.workflow.trigger.path, let other = clash(of: path) {
      let theirs = other.workflow.trigger.path?.text ?? ""
      report(
        "the path \(path) clashes with \(theirs) of \(other.file): some requests would fit both", in: loaded,
        at: loaded.pathPosition)
    }
    workflows.append(loaded)
  }

  private func clash(of path: PathPattern) -> LoadedWorkflow? {
    workflows.first { $0.workflow.enabled && $0.workflow.trigger.path?.clashes(with: path) ?? false }
  }

  private mutating func report(_ message: String, in loaded: LoadedWorkflow, at position: SourcePosition) {
    problems.append(Diagnostic(file: loaded.file, line: position.line, column: position.column, message: message))
  }
}
