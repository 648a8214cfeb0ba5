// A worker but for Redis and the network: the consumer over the memory queue, with a probe in place of the transport.

import Catalog
import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import ServiceLifecycle
import TestSupport
import Testing
import WorkflowEngine
import Workflows

@testable import WorkerService

struct WorkerStage: Sendable {
  static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  let queue = MemoryQueue(lifetime: .seconds(600))
  let probe = Probe()
  let registry = MetricsRegistry()
  let catalog: CatalogService
  let slots: Slots
  private let services: ServiceGroup

  /// Applies `flow`: a request to the outside, then an output. What `wrap` makes stands between the worker and the
  /// memory queue.
  init(
    slots count: Int = 4, grace: Duration = .seconds(60), definition: String = Self.flow,
    logger: Logger = Self.logger,
    wrap: (any DeliveryQueue) -> any DeliveryQueue = { $0 }
  ) async throws {
    let loader = WorkflowLoader(nodeTypes: NodeCatalog.types)
    let loaded = try loader.load(file: "flow.yaml", text: definition)
    let new = NewDefinition(key: "flow", enabled: true, definition: loaded.definition.bytes)
    _ = try await queue.publish([new], at: 0)
    catalog = CatalogService(store: queue, loader: loader, logger: Self.logger)
    slots = Slots(count: count)
    let deliveries = wrap(queue.deliveries(worker: "worker"))
    let metrics = WorkerMetrics(registry: registry, slots: slots)
    let running = RunningExecutions()
    let processor = ExecutionProcessor(
      queue: deliveries, catalog: catalog, runner: WorkflowRunner(services: probe), environment: [:],
      running: running, metrics: metrics, logger: logger)
    let consumer = DeliveryConsumer(
      queue: deliveries, slots: slots, processor: processor, grace: grace, executor: globalConcurrentExecutor,
      metrics: metrics, logger: Self.logger)
    services = ServiceGroup(
      services: [
        HeartbeatService(queue: deliveries, logger: Self.logger),
        WaitingService(
          queue: deliveries, catalog: catalog, running: running, metrics: metrics, logger: Self.logger),
        consumer,
      ], logger: Self.logger)
  }

  static let flow = """
    trigger: {type: webhook}
    nodes:
      - {key: call, type: request, method: POST, url: "https://example.com/", response: text}
      - {key: out, type: output, value: {attempt: "{{$system.attempt}}"}}
    """

  /// Runs the worker around `body`, and stops it as a deploy does.
  func run(_ body: () async throws -> Void) async throws {
    let running = Task { try await services.run() }
    do { try await body() } catch {
      running.cancel()
      _ = await running.result
      throw error
    }
    stop()
    try await running.value
  }

  func stop() {
    let services = services
    Task { await services.triggerGracefulShutdown() }
  }

  func admit(payload: [UInt8]? = nil, version: Int = 1, workflow: String = "flow") async throws -> ExecutionID {
    let request = WebhookRequest(
      workflow: workflow, version: version, receivedAt: 0, method: "POST", path: "/", clientAddress: "")
    let admissions = queue.admissions(on: NIOSingletons.posixEventLoopGroup.any())
    let execution = NewExecution(
      token: .random(), workflow: workflow, priority: .normal,
      payload: payload ?? request.encoded(), inbox: nil)
    guard case .admitted(let id) = try await admissions.eventLoop.flatSubmit({ admissions.admit(execution) }).get()
    else {
      throw QueueError(.corrupt, "not admitted")
    }
    return id
  }

  func record(_ id: ExecutionID) async throws -> ExecutionRecord? {
    let admissions = queue.admissions(on: NIOSingletons.posixEventLoopGroup.any())
    return try await admissions.eventLoop.flatSubmit { admissions.record(of: id, detail: .everything) }.get()
  }

  func ended(_ id: ExecutionID) async throws -> ExecutionRecord {
    try await eventually("\(id) has ended", within: .seconds(30)) { try await record(id)?.state.isFinal == true }
    return try #require(try await record(id))
  }

  func metric(_ line: String) -> Int {
    for text in registry.render().split(separator: "\n") where text.hasPrefix(line + " ") {
      return Double(text.dropFirst(line.count + 1)).map { Int($0) } ?? -1
    }
    return -1
  }
}
