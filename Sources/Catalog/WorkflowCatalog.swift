// Which workflows there are at one moment: an immutable picture that every request of a process looks into.

package import Workflows

package struct WorkflowCatalog: Sendable {
  package let revision: Int64
  private let entries: [String: CatalogEntry]
  private let routes: [(pattern: PathPattern, key: String)]
  /// How many executions of a workflow may run at once, where there is a limit; nil where it cannot be read.
  package let concurrency: [String: Int?]

  package init(revision: Int64, entries: [CatalogEntry]) {
    self.revision = revision
    self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) })
    // One that is disabled has left its path to others.
    routes = (entries.filter(\.enabled) + entries.filter { !$0.enabled }).compactMap { entry in
      entry.workflow?.trigger.path.map { ($0, entry.key) }
    }
    var concurrency: [String: Int?] = [:]
    for entry in entries where entry.workflow == nil || entry.workflow?.concurrency != nil {
      concurrency[entry.key] = .some(entry.workflow?.concurrency)
    }
    self.concurrency = concurrency
  }

  package static let empty = WorkflowCatalog(revision: -1, entries: [])

  package func entry(_ key: String) -> CatalogEntry? { entries[key] }

  /// The workflow with a path of its own that matches; two enabled ones that could both match are refused.
  package func entry(path: String) -> (entry: CatalogEntry, parameters: [(name: String, value: String)])? {
    for route in routes {
      if let parameters = route.pattern.match(path), let entry = entries[route.key] { return (entry, parameters) }
    }
    return nil
  }

  package var all: [CatalogEntry] { entries.values.sorted { $0.key < $1.key } }
  package var problems: [(key: String, problem: String)] {
    all.compactMap { entry in entry.problem.map { (entry.key, $0) } }
  }
}

/// The current version of one workflow. One that this program cannot read (it is newer, say) has a problem instead of
/// a compiled form, and does not disturb the others. A class for the reason that `Workflow` is one.
package final class CatalogEntry: Sendable {
  package let key: String
  package let version: Int
  package let enabled: Bool
  package let workflow: Workflow?
  package let problem: String?

  package init(key: String, version: Int, enabled: Bool, workflow: Workflow?, problem: String?) {
    self.key = key
    self.version = version
    self.enabled = enabled
    self.workflow = workflow
    self.problem = problem
  }
}
