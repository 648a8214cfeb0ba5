// Keeps a process's picture of the workflows fresh: it reads one number several times a second and loads what changed.

package import ExecutionQueue
import JSONCodec
package import Logging
import ServiceLifecycle
import Synchronization
package import Workflows

package final class CatalogService: Service {
  private let store: any DefinitionStore
  private let loader: WorkflowLoader
  private let interval: Duration
  private let logger: Logger
  private let catalog = Mutex(WorkflowCatalog.empty)
  private let compiled = Mutex<[VersionKey: Workflow]>([:])

  private struct VersionKey: Hashable {
    let key: String
    let version: Int
  }

  /// Old versions that stay compiled at most; more are loaded anew when an execution needs them.
  private static let cacheLimit = 4096

  package init(
    store: any DefinitionStore, loader: WorkflowLoader, interval: Duration = .milliseconds(250), logger: Logger
  ) {
    self.store = store
    self.loader = loader
    self.interval = interval
    self.logger = logger
  }

  /// The newest picture; empty until the first refresh.
  package var current: WorkflowCatalog { catalog.withLock { $0 } }
  package var isLoaded: Bool { current.revision >= 0 }

  package func run() async throws {
    var isAway = false
    while !Task.isCancelled && !Task.isShuttingDownGracefully {
      do {
        try await refresh()
        isAway = false
      } catch {
        if !isAway { logger.warning("cannot read the workflows", metadata: ["error": "\(error)"]) }
        isAway = true
      }
      do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: self.interval) } } catch { return }
    }
  }

  /// Loads what changed since the last picture.
  package func refresh() async throws(QueueError) {
    let revision = try await store.revision()
    guard revision != current.revision else { return }
    let (newest, heads) = try await store.heads()
    // A revision that went back belongs to a store that was emptied: its version 1 is not the version 1 of before.
    let isSameStore = newest >= current.revision
    let before = isSameStore ? current : .empty
    if !isSameStore { compiled.withLock { $0.removeAll() } }
    var entries: [CatalogEntry] = []
    for head in heads {
      entries.append(try await entry(for: head, before: before.entry(head.key)))
    }
    let picture = WorkflowCatalog(revision: newest, entries: entries)
    catalog.withLock { if !isSameStore || newest >= $0.revision { $0 = picture } }
    logger.info("workflows loaded", metadata: ["revision": "\(newest)", "count": "\(entries.count)"])
    for (key, problem) in picture.problems {
      logger.error("workflow cannot be used", metadata: ["workflow": "\(key)", "problem": "\(problem)"])
    }
  }

  private func entry(
    for head: DefinitionHead, before: CatalogEntry?
  ) async throws(QueueError) -> CatalogEntry {
    var workflow: Workflow?
    var problem: String?
    if let before, before.version == head.version {
      (workflow, problem) = (before.workflow, before.problem)
    } else {
      do {
        workflow = try await load(head.key, version: head.version)
        if workflow == nil { problem = "version \(head.version) is not in the store" }
      } catch let error as QueueError {
        throw error
      } catch {
        problem = "\(error)"
      }
    }
    return CatalogEntry(
      key: head.key, version: head.version, enabled: head.enabled, workflow: workflow, problem: problem)
  }

  /// The version that an execution started with. Nil when the store has none; throws `Diagnostics` when this program
  /// cannot read it, `QueueError` when the store is away.
  package func workflow(_ key: String, version: Int) async throws -> Workflow? {
    if let workflow = compiled.withLock({ $0[VersionKey(key: key, version: version)] }) { return workflow }
    return try await load(key, version: version)
  }

  private func load(_ key: String, version: Int) async throws -> Workflow? {
    guard let bytes = try await store.definition(key, version: version) else { return nil }
    let workflow = try loader.load(stored: try JSON.parse(bytes), key: key)
    compiled.withLock { compiled in
      if compiled.count >= Self.cacheLimit { compiled.removeAll() }
      compiled[VersionKey(key: key, version: version)] = workflow
    }
    return workflow
  }
}
