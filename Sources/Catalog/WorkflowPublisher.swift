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

  /// Lets an applied workflow take webhooks again; false when there is none with this key. Throws `PathTaken` when another
  /// one has taken its path meanwhile.
  package func enable(_ key: String) async throws -> Bool {
    let heads = try await store.heads().heads
    if let head = heads.first(where: { $0.key == key }), let path = try await path(of: head) {
      for other in heads where other.enabled && other.key != key {
        if let taken = try await self.path(of: other), taken.clashes(with: path) {
          throw PathTaken(path: path.text, by: other.key, itself: taken.text)
        }
      }
    }
    return try await store.setEnabled(key, true)
  }

  /// A workflow that is disabled leaves its path to others.
  private func refuseClashes(_ workflows: [LoadedWorkflow], with heads: [DefinitionHead]) async throws {
    let keys = Set(workflows.map(\.workflow.key))
    var clashes: [Diagnostic] = []
    var claiming: [LoadedWorkflow] = []
    for new in workflows where try await willTakeWebhooks(new, heads) { claiming.append(new) }
    for head in heads where head.enabled && !keys.contains(head.key) {
      guard let path = try await path(of: head) else { continue }
      for new in claiming {
        guard let own = new.workflow.trigger.path, own.clashes(with: path) else { continue }
        let taken = PathTaken(path: own.text, by: head.key, itself: path.text)
        clashes.append(
          Diagnostic(
            file: new.file, line: new.pathPosition.line, column: new.pathPosition.column, message: taken.description))
      }
    }
    if !clashes.isEmpty { throw Diagnostics(clashes) }
  }

  /// One that was disabled stays so until it is changed.
  private func willTakeWebhooks(_ new: LoadedWorkflow, _ heads: [DefinitionHead]) async throws -> Bool {
    guard new.workflow.enabled else { return false }
    guard let head = heads.first(where: { $0.key == new.workflow.key }), !head.enabled else { return true }
    return try await store.definition(head.key, version: head.version) != new.definition.bytes
  }

  private func path(of head: DefinitionHead) async throws -> PathPattern? {
    guard let bytes = try await store.definition(head.key, version: head.version) else { return nil }
    return try? loader.load(stored: try JSON.parse(bytes), key: head.key).trigger.path
  }
}

/// Some requests would fit two workflows.
package struct PathTaken: Error, CustomStringConvertible {
  let path: String
  let by: String
  let itself: String

  package var description: String {
    "the path \(path) clashes with \(itself) of the applied workflow \"\(by)\"; if that one is not wanted any more: "
      + "millrace disable \(by)"
  }
}
