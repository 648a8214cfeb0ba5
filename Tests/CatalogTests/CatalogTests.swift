// Which workflows a process sees, and how they get there.

import ExecutionQueue
import JSONCodec
import Logging
import Synchronization
import TestSupport
import Testing
import Workflows

@testable import Catalog

@Suite("The catalog")
struct CatalogTests {
  private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  private let store = MemoryQueue()
  private let loader = WorkflowLoader(nodesIgnored: ())

  private func catalog(_ store: any DefinitionStore) -> CatalogService {
    CatalogService(store: store, loader: loader, interval: .milliseconds(5), logger: Self.logger)
  }

  private func loaded(_ key: String, _ trigger: String = "") throws -> LoadedWorkflow {
    try loader.load(file: "\(key).yaml", text: "trigger: {type: webhook\(trigger)}\nnodes: []\n")
  }

  private func publish(_ workflows: [LoadedWorkflow]) async throws -> [PublishedDefinition] {
    try await WorkflowPublisher(store: store, loader: loader).publish(workflows)
  }

  @Test("is empty and not loaded until it has looked")
  func unloaded() async throws {
    let catalog = catalog(store)
    #expect(!catalog.isLoaded)
    #expect(catalog.current.all.isEmpty)
    try await catalog.refresh()
    #expect(catalog.isLoaded)
  }

  @Test("follows every change while it runs, and comes through an outage of the store")
  func following() async throws {
    let shaky = ShakyStore(store)
    let catalog = catalog(shaky)
    let running = Task { try await catalog.run() }
    _ = try await publish([try loaded("a")])
    try await eventually("it is there") { catalog.current.entry("a")?.version == 1 }
    _ = try await publish([try loaded("a", ", mode: sync")])
    try await eventually("its change is there") { catalog.current.entry("a")?.workflow?.trigger.mode == .sync }
    shaky.isAway = true
    _ = try await store.setEnabled("a", false)
    #expect(catalog.current.entry("a")?.enabled == true)
    shaky.isAway = false
    try await eventually("it is disabled") { catalog.current.entry("a")?.enabled == false }
    #expect(catalog.current.entry("a")?.version == 2)
    running.cancel()
    _ = await running.result
  }

  @Test("one workflow that cannot be read does not disturb the others")
  func unreadable() async throws {
    _ = try await publish([try loaded("good", ", path: /own/:name")])
    let torn = NewDefinition(key: "torn", enabled: true, definition: Array("{".utf8))
    let newer = NewDefinition(key: "newer", enabled: true, definition: Array("{\"trigger\":{\"type\":\"clock\"}}".utf8))
    _ = try await store.publish([torn, newer], at: try await store.revision())
    let catalog = catalog(store)
    try await catalog.refresh()
    #expect(catalog.current.problems.map(\.key) == ["newer", "torn"])
    #expect(catalog.current.entry("torn")?.workflow == nil)
    #expect(catalog.current.entry(path: "/own/x")?.entry.key == "good")
    #expect(catalog.current.entry(path: "/own/x")?.parameters.map(\.value) == ["x"])
    #expect(catalog.current.entry(path: "/other") == nil)
    #expect(try await publish([try loaded("third")]).first?.changed == true)
  }

  @Test("old versions stay loadable; one that never was is nil")
  func oldVersions() async throws {
    _ = try await publish([try loaded("a")])
    _ = try await publish([try loaded("a", ", mode: sync")])
    let catalog = catalog(store)
    try await catalog.refresh()
    #expect(try await catalog.workflow("a", version: 1)?.trigger.mode == .async)
    #expect(try await catalog.workflow("a", version: 2)?.trigger.mode == .sync)
    #expect(try await catalog.workflow("a", version: 3) == nil)
    #expect(try await catalog.workflow("b", version: 1) == nil)
  }

  @Test("a store that was emptied and filled anew is believed, although its versions begin again")
  func emptied() async throws {
    let switched = ShakyStore(store)
    _ = try await publish([try loaded("a")])
    _ = try await publish([try loaded("b")])
    let catalog = catalog(switched)
    try await catalog.refresh()
    let fresh = MemoryQueue()
    _ = try await WorkflowPublisher(store: fresh, loader: loader).publish([try loaded("a", ", mode: sync")])
    switched.use(fresh)
    try await catalog.refresh()
    #expect(catalog.current.entry("a")?.workflow?.trigger.mode == .sync)
    #expect(catalog.current.entry("b") == nil)
    #expect(try await catalog.workflow("a", version: 1)?.trigger.mode == .sync)
  }

  @Test("applying the same again changes nothing")
  func same() async throws {
    #expect(try await publish([try loaded("a")]).first == PublishedDefinition(key: "a", version: 1, changed: true))
    let revision = try await store.revision()
    #expect(try await publish([try loaded("a")]).first == PublishedDefinition(key: "a", version: 1, changed: false))
    #expect(try await store.revision() == revision)
  }

  @Test("a path that clashes with that of an applied workflow is refused, all or nothing")
  func clash() async throws {
    _ = try await publish([try loaded("a", ", path: /shops/:shop")])
    let revision = try await store.revision()
    await #expect(throws: Diagnostics.self) {
      try await publish([try loaded("b"), try loaded("c", ", path: /shops/new")])
    }
    #expect(try await store.revision() == revision)
    // The same workflow may keep its path, and another one may take it over in the same step.
    _ = try await publish([try loaded("a", ", path: /shops/:shop, mode: sync")])
    _ = try await publish([try loaded("a", ", path: /elsewhere"), try loaded("c", ", path: /shops/new")])
  }

  @Test("a disabled workflow leaves its path to another one, and does not get it back while that one has it")
  func leftPath() async throws {
    _ = try await publish([try loaded("a", ", path: /shops/:shop")])
    _ = try await store.setEnabled("a", false)
    _ = try await publish([try loaded("b", ", path: /shops/:id")])
    let catalog = catalog(store)
    try await catalog.refresh()
    #expect(catalog.current.entry(path: "/shops/7")?.entry.key == "b")
    let publisher = WorkflowPublisher(store: store, loader: loader)
    await #expect(throws: PathTaken.self) { try await publisher.enable("a") }
    // It stays disabled, so its file may lie beside the other one's.
    _ = try await publish([try loaded("a", ", path: /shops/:shop")])
    await #expect(throws: Diagnostics.self) { try await publish([try loaded("a", ", path: /shops/:shop, mode: sync")]) }
    _ = try await store.setEnabled("b", false)
    #expect(try await publisher.enable("a"))
    #expect(try await !publisher.enable("nobody"))
    try await catalog.refresh()
    #expect(catalog.current.entry(path: "/shops/7")?.entry.key == "a")
  }

  @Test("when somebody else applies at the same moment, it is checked and tried again")
  func stale() async throws {
    let rival = try loaded("rival", ", path: /mine")
    let shaky = ShakyStore(store)
    let loader = loader
    shaky.beforePublish { store in
      _ = try? await WorkflowPublisher(store: store, loader: loader).publish([rival])
    }
    let publisher = WorkflowPublisher(store: shaky, loader: loader)
    #expect(try await publisher.publish([try loaded("a", ", path: /yours")]).first?.changed == true)
    #expect(try await store.heads().heads.map(\.key) == ["a", "rival"])
    shaky.beforePublish { store in
      _ = try? await WorkflowPublisher(store: store, loader: loader)
        .publish([try loader.load(file: "late.yaml", text: "trigger: {type: webhook, path: /late}\nnodes: []\n")])
    }
    await #expect(throws: Diagnostics.self) { try await publisher.publish([try loaded("b", ", path: /:any")]) }
  }
}

/// A store that can be away, be exchanged, or change between a look and a write.
private final class ShakyStore: DefinitionStore {
  private struct State {
    var store: any DefinitionStore
    var isAway = false
    var beforePublish: (@Sendable (any DefinitionStore) async -> Void)?
  }

  private let state: Mutex<State>

  init(_ store: any DefinitionStore) { state = Mutex(State(store: store)) }

  var isAway: Bool {
    get { state.withLock { $0.isAway } }
    set { state.withLock { $0.isAway = newValue } }
  }

  func use(_ store: any DefinitionStore) { state.withLock { $0.store = store } }

  /// Once.
  func beforePublish(_ body: @escaping @Sendable (any DefinitionStore) async -> Void) {
    state.withLock { $0.beforePublish = body }
  }

  private func present() throws(QueueError) -> any DefinitionStore {
    let (store, isAway) = state.withLock { ($0.store, $0.isAway) }
    if isAway { throw QueueError(.unavailable, "away") }
    return store
  }

  func revision() async throws(QueueError) -> Int64 { try await present().revision() }
  func heads() async throws(QueueError) -> (revision: Int64, heads: [DefinitionHead]) { try await present().heads() }
  func definition(_ key: String, version: Int) async throws(QueueError) -> [UInt8]? {
    try await present().definition(key, version: version)
  }
  func publish(_ definitions: [NewDefinition], at revision: Int64) async throws(QueueError) -> [PublishedDefinition]? {
    let store = try present()
    let before = state.withLock { state in
      defer { state.beforePublish = nil }
      return state.beforePublish
    }
    await before?(store)
    return try await store.publish(definitions, at: revision)
  }
  func setEnabled(_ key: String, _ enabled: Bool) async throws(QueueError) -> Bool {
    try await present().setEnabled(key, enabled)
  }
}
