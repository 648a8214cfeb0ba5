// A whole ingest process but for Redis: the server on a free port over the memory queue, with workflows applied.

import Catalog
import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import TestSupport
import Testing
import WebhookChecks
import Workflows

@testable import IngestService

struct IngestStage: Sendable {
  let port: Int
  let queue: MemoryQueue
  let catalog: CatalogService
  let inbox: ReplyInbox
  let gate: AdmissionGate
  let registry: MetricsRegistry
  let audit: AuditWriter?
  let journal: Journal?

  struct Options {
    var backlog = 1000
    var loads = true
    var limits = IngestServer.Limits()
    var environment: [String: String] = [:]
    var waiters = 100
    /// Where the audit log is written; nil for none.
    var auditDirectory: String?
    var tls: TLSContexts?
    var proxies = AddressSet.empty
    /// Stands between ingest and the memory queue.
    var admissions: @Sendable (any AdmissionQueue) -> any AdmissionQueue = { $0 }
    /// Where the journal is; nil for none. The second stands between it and the memory queue.
    var journalDirectory: String?
    var replays: @Sendable (any AdmissionQueue) -> any AdmissionQueue = { $0 }
  }

  /// `workflows` are definitions by key.
  static func with<Result: Sendable>(
    _ workflows: [String: String], options: Options = Options(),
    _ body: @Sendable (IngestStage) async throws -> Result
  ) async throws -> Result {
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let queue = MemoryQueue(backlog: options.backlog, lifetime: .seconds(600))
    try await apply(workflows, to: queue)
    let catalog = CatalogService(
      store: queue, loader: WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension), logger: logger)
    if options.loads { try await catalog.refresh() }
    let inbox = ReplyInbox(name: "box", queue: queue.replies(inbox: "box"), limit: options.waiters, logger: logger)
    let gate = AdmissionGate(logger: logger)
    let registry = MetricsRegistry()
    let audit = options.auditDirectory.map { directory in
      AuditWriter(files: AuditFiles(directory: directory, size: 1 << 20), registry: registry, logger: logger)
    }
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let wrap = options.admissions
    var parts = IngestServer.Parts(
      group: group, admissions: { wrap(queue.admissions(on: $0)) }, catalog: catalog, inbox: inbox,
      senderKeys: SenderKeys(store: NoKeyDocuments(), logger: logger),
      addresses: NamedAddressLists(directory: nil, logger: logger), gate: gate,
      health: Health(), registry: registry, audit: audit, logger: logger)
    parts.tls = options.tls
    parts.proxies = options.proxies
    parts.journal = try options.journalDirectory.map { directory in
      Journal(
        files: try JournalFiles(directory: directory), limit: 1 << 20,
        admissions: options.replays(queue.admissions(on: group.next())), registry: registry, logger: logger)
    }
    let server = IngestServer(
      listen: try #require(ListenAddress("127.0.0.1:0")), parts: parts,
      limits: options.limits, environment: options.environment
    ) { listening.yield($0.port ?? 0) }
    var running = [Task { try await server.run() }, Task { try await inbox.run() }]
    if let journal = parts.journal { running.append(Task { try await journal.run() }) }
    var iterator = ports.makeAsyncIterator()
    let port = await iterator.next() ?? 0
    let stage = IngestStage(
      port: port, queue: queue, catalog: catalog, inbox: inbox, gate: gate, registry: registry, audit: audit,
      journal: parts.journal)
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(stage)) } catch { result = .failure(error) }
    for task in running {
      task.cancel()
      _ = await task.result
    }
    try await group.shutdownGracefully()
    return try result.get()
  }

  private static func apply(_ workflows: [String: String], to queue: MemoryQueue) async throws {
    let loader = WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension)
    let definitions = try workflows.sorted { $0.key < $1.key }.map { key, text in
      // A text that is no workflow stands for one that a newer version has applied.
      guard !text.hasPrefix("{}") else { return NewDefinition(key: key, enabled: true, definition: Array(text.utf8)) }
      let loaded = try loader.load(file: "\(key).yaml", text: text)
      return NewDefinition(key: key, enabled: loaded.workflow.enabled, definition: loaded.definition.bytes)
    }
    _ = try await queue.publish(definitions, at: 0)
  }

  // MARK: calls

  func send(_ request: SystemRequest) async throws -> SystemAnswer {
    try await SystemConnection.send(request, port: port)
  }

  func post(
    _ key: String, _ json: String = "{}", headers: [(name: String, value: String)] = []
  ) async throws -> SystemAnswer {
    try await send(.webhook(key, json, headers: headers))
  }

  // MARK: what can be seen from outside

  var bufferedBytes: Int { gauge("millrace_ingest_buffered_bytes") }
  var connections: Int { gauge("millrace_ingest_connections") }

  func gauge(_ name: String) -> Int {
    for line in registry.render().split(separator: "\n") where line.hasPrefix(name + " ") {
      return Double(line.dropFirst(name.count + 1)).map { Int($0) } ?? -1
    }
    return -1
  }

  func depth() async throws -> Int { try await queue.depth().total }

  /// The request as it lies in the queue.
  func stored() async throws -> WebhookRequest {
    let worker = try await worker()
    let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(10)).first)
    return try WebhookRequest(decoding: Array((delivery.payload ?? ByteBuffer()).readableBytesView))
  }

  // MARK: a worker

  func worker() async throws -> some DeliveryQueue {
    let worker = queue.deliveries(worker: "worker")
    try await worker.heartbeat()
    return worker
  }

  /// Begins the next execution, as a worker does.
  func begin() async throws -> (queue: any DeliveryQueue, lease: Lease) {
    let worker = try await worker()
    let delivery = try #require(try await worker.take(limit: 1, waiting: .seconds(10)).first)
    return (worker, try #require(try await worker.begin(delivery)))
  }

  func settleNext(_ settlement: Settlement) async throws {
    let (worker, lease) = try await begin()
    #expect(try await worker.settle(lease, settlement))
  }
}

extension SystemAnswer {
  var json: JSON { (try? JSON.parse(body)) ?? .null }
}

/// Definitions that several suites use.
enum Definition {
  static let echo = "trigger: {type: webhook}\nnodes: []\n"
  static func trigger(_ settings: String) -> String { "trigger: {type: webhook, \(settings)}\nnodes: []\n" }
  static let sync = trigger("mode: sync, timeout: 30s")
}

private struct NoKeyDocuments: KeyDocumentStore {
  func ask(for urls: [String], namedByStrangers strange: [String]) async throws(QueueError) {}
  func documents(at urls: [String]) async throws(QueueError) -> [String: KeyDocument] { [:] }
  func take(limit: Int) async throws(QueueError) -> [String] { [] }
  func store(_ document: [UInt8], from url: String) async throws(QueueError) {}
  func dismiss(_ url: String) async throws(QueueError) {}
}
