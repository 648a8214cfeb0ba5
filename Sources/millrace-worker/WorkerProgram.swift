// millrace-worker: takes executions from Redis, runs them, settles them.

import Catalog
import ExecutionQueue
import Glibc
import Logging
import NIOCore
import NIOPosix
import OutboundHTTP
import ProcessSupport
import RedisClient
import Scripting
import ServiceLifecycle
import UnixSignals
import WebhookChecks
import WorkerService
import WorkflowEngine
import Workflows

@main
enum WorkerProgram {
  static func main() async {
    let settings = ProgramStart.settings(of: .worker)
    let logger = Logger(label: "worker")
    let url: RedisURL
    do { url = try RedisURL(settings.redisURL) } catch {
      ProgramStart.end(.worker, problems: ["MILLRACE_REDIS_URL: \(error)"], code: ExitCode.configuration)
    }
    do {
      try await run(settings, url, logger)
    } catch {
      ProgramStart.end(.worker, error: error)
    }
  }

  private static func run(_ settings: Settings, _ url: RedisURL, _ logger: Logger) async throws {
    // Executions have a thread of their own; heartbeats and all else must not wait behind them.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let (loop, quietLoop) = (group.next(), group.next())
    let registry = MetricsRegistry()
    let health = Health()
    let keys = QueueKeys(partition: 0)
    let name = "worker-\(ExecutionToken.random())"

    func connect(_ loop: any EventLoop, _ scripts: [RedisScript]) -> RedisConnection {
      let connection = RedisConnection(url: url, eventLoop: loop, name: name, scripts: scripts, logger: logger)
      connection.start()
      return connection
    }
    let commands = connect(loop, RedisDeliveryQueue.scripts)
    let readers = [Intake.urgent: connect(loop, []), .regular: connect(loop, [])]
    let housekeeping = connect(quietLoop, RedisDefinitionStore.scripts + RedisDeliveryQueue.scripts)
    let replicas = ReplicaCount()
    let queue = try await loop.submit {
      RedisDeliveryQueue(
        commands: commands, readers: readers, housekeeping: housekeeping, keys: keys, worker: name,
        replication: Replication(durability: settings.durability, replicas: replicas), logger: logger)
    }.get()

    let catalog = CatalogService(
      store: RedisDefinitionStore(connection: housekeeping),
      loader: WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension),
      logger: logger)
    let transport = HTTPTransport(
      egress: EgressPolicy(allow: settings.egressAllow), descriptors: DescriptorLimit.room(for: 65_536))
    let scripts = ScriptRunners(
      ScriptRunners.Configuration(
        executable: ExecutablePath.scriptRunner,
        processes: settings.scriptProcesses, memory: settings.scriptMemory.bytes, time: settings.scriptTime),
      group: group, logger: logger)
    scripts.register(in: registry)
    scripts.start()
    let slots = Slots(count: settings.concurrency)
    let metrics = WorkerMetrics(registry: registry, slots: slots)
    let nodeServices = WorldServices(transport: transport, scripts: scripts)
    let running = RunningExecutions()
    let processor = ExecutionProcessor(
      queue: queue, catalog: catalog,
      runner: WorkflowRunner(services: nodeServices),
      environment: settings.environment, publicURL: settings.publicURL, running: running, metrics: metrics,
      logger: logger)
    let consumer = DeliveryConsumer(
      queue: queue, slots: slots, processor: processor, grace: settings.shutdownGrace,
      executor: EventLoopTaskExecutor(loop), metrics: metrics, logger: logger)

    // Stopped from the last to the first: the heart beats until the consumer has settled or handed back everything.
    let services = ServiceGroup(
      services: [
        StatusServer(listen: settings.metricsListen, health: health, metrics: registry, logger: logger),
        RedisWatch(
          connection: housekeeping, durability: settings.durability, health: health, logger: logger, replicas: replicas),
        HeartbeatService(queue: queue, executor: EventLoopTaskExecutor(quietLoop), logger: logger), catalog,
        WaitingService(queue: queue, catalog: catalog, running: running, metrics: metrics, logger: logger),
        SenderKeyFetcher(
          store: RedisKeyDocumentStore(connection: housekeeping), services: nodeServices, logger: logger),
        consumer,
      ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger.forServiceGroup)
    try await services.run()
    await scripts.shutDown()
    await transport.shutdown()
    for connection in [commands, housekeeping] + readers.values { try? await connection.close().get() }
    try await group.shutdownGracefully()
  }
}
