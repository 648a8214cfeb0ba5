// Applies checked workflow files to the store, all or none.

package import ExecutionQueue
import JSONCodec
package import Workflows

package struct WorkflowPublisher: Sendable {
  private let store: any DefinitionStore
  private let loader: WorkflowLoader

  package init(store: any DefinitionStore, loader: WorkflowLoader) {
    self.store = store
    self.loader = loader
  }

  /// Throws `Diagnostics` when a path clashes with that of a workflow which is applied already, `QueueError` when the
  /// store is away.
  package func publish(_ workflows: [LoadedWorkflow]) async throws -> [PublishedDefinition] {
    let definitions = workflows.map {
      NewDefinition(key: $0.workflow.key, enabled: $0.workflow.enabled, definition: $0.definition.bytes)
    }
    // Somebody else may apply at the same moment: then the check against what is stored has to be done again.
    while true {
      let (revision, heads) = try await store.heads()
      try await refuseClashes(workflows, with: heads)
      if let published = try await store.publish(definitions, at: revision) { return published }
      try Task.checkCancellation()
    }
  }

  private func refuseClashes(_ workflows: [LoadedWorkflow], with heads: [DefinitionHead]) async throws {
    let keys = Set(workflows.map(\.workflow.key))
    var clashes: [Diagnostic] = []
    for head in heads where !keys.contains(head.key) {
      guard let bytes = try await store.definition(head.key, version: head.version),
        let stored = try? loader.load(stored: try JSON.parse(bytes), key: head.key),
        let path = stored.trigger.path
      else { continue }
      for new in workflows {
        guard let own = new.workflow.trigger.path, own.clashes(with: path) else { continue }
        clashes.append(
          Diagnostic(
            file: new.file, line: 1, column: 1,
            message: "trigger.path clashes with that of the workflow \"\(head.key)\", which is applied already"))
      }
    }
    if !clashes.isEmpty { throw Diagnostics(clashes) }
  }
}
