// millrace-ingest: accepts webhooks, keeps them in Redis, answers.

import Catalog
import ExecutionQueue
import Glibc
import IngestService
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import RedisClient
import ServiceLifecycle
import UnixSignals
import WebhookChecks
import Workflows

@main
enum IngestProgram {
  static func main() async {
    let settings = ProgramStart.settings(of: .ingest)
    let logger = Logger(label: "ingest")
    let url: RedisURL
    do { url = try RedisURL(settings.redisURL) } catch {
      ProgramStart.end(.ingest, problems: ["MILLRACE_REDIS_URL: \(error)"], code: ExitCode.configuration)
    }
    let tls: TLSContexts?
    do throws(TLSProblem) {
      tls = try TLSFiles(settings).map { files throws(TLSProblem) in try TLSContexts(files: files, logger: logger) }
    } catch {
      ProgramStart.end(.ingest, problems: ["TLS: \(error)"], code: ExitCode.configuration)
    }
    do {
      try await run(settings, url, tls, logger)
    } catch {
      ProgramStart.end(.ingest, error: error)
    }
  }

  private static func run(_ settings: Settings, _ url: RedisURL, _ tls: TLSContexts?, _ logger: Logger) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.eventLoops)
    let registry = MetricsRegistry()
    let health = Health()
    let keys = QueueKeys(partition: 0)
    let name = "ingest-\(ExecutionToken.random())"

    func connect(_ loop: any EventLoop, _ scripts: [RedisScript]) -> RedisConnection {
      let connection = RedisConnection(url: url, eventLoop: loop, name: name, scripts: scripts, logger: logger)
      connection.start()
      return connection
    }
    // The connection that a loop's webhooks go through belongs to that same loop.
    let replicas = ReplicaCount()
    var admissions: [ObjectIdentifier: RedisAdmissionQueue] = [:]
    var connections: [RedisConnection] = []
    for loop in group.makeIterator() {
      let connection = connect(loop, RedisAdmissionQueue.scripts)
      connections.append(connection)
      admissions[ObjectIdentifier(loop)] = try await loop.submit {
        RedisAdmissionQueue(
          connection: connection, keys: keys, backlog: settings.backlog,
          replication: Replication(durability: settings.durability, replicas: replicas))
      }.get()
    }
    let housekeeping = connect(group.next(), RedisDefinitionStore.scripts)
    let reader = connect(group.next(), [])
    connections += [housekeeping, reader]

    let store = RedisDefinitionStore(connection: housekeeping)
    let catalog = CatalogService(
      store: store, loader: WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension), logger: logger)
    let gate = AdmissionGate(logger: logger)
    gate.set(problem: "The settings of Redis have not been looked at yet.")
    let inbox = ReplyInbox(
      name: name, queue: RedisReplyQueue(reader: reader, commands: housekeeping, inbox: name),
      limit: settings.syncWaiters, logger: logger)
    let senderKeys = SenderKeys(store: RedisKeyDocumentStore(connection: housekeeping), logger: logger)
    var limits = IngestServer.Limits()
    limits.body = settings.maxBody.bytes
    limits.connections = DescriptorLimit.room(for: settings.maxConnections)
    limits.grace = settings.shutdownGrace
    let queues = admissions
    let addresses = NamedAddressLists(directory: settings.addressesDirectory, logger: logger)
    addresses.register(in: registry)
    let audit = settings.auditPlace.map { directory in
      AuditWriter(
        files: AuditFiles(directory: directory, size: settings.auditSize.bytes), registry: registry, logger: logger)
    }
    var parts = IngestServer.Parts(
      group: group, admissions: { loop in queues[ObjectIdentifier(loop)]! }, catalog: catalog, inbox: inbox,
      senderKeys: senderKeys, addresses: addresses, gate: gate, health: health, registry: registry, audit: audit,
      logger: logger)
    tls?.register(in: registry)
    parts.tls = tls
    parts.proxies = AddressSet(settings.trustedProxies)
    if let directory = settings.journalDirectory {
      let files: JournalFiles
      do { files = try JournalFiles(directory: directory) } catch {
        ProgramStart.end(.ingest, problems: ["MILLRACE_JOURNAL_DIR: \(error)"], code: ExitCode.configuration)
      }
      guard let replays = admissions.values.first else { return }
      parts.journal = Journal(
        files: files, limit: settings.journalSize.bytes, admissions: replays, registry: registry, logger: logger)
    }
    let watch = RedisWatch(
      connection: housekeeping, durability: settings.durability, health: health, logger: logger,
      replicas: replicas, settingsChanged: { gate.set(problem: $0) }, memoryPressure: { gate.set(pressure: $0) },
      canDoWithout: { [journal = parts.journal] in journal?.hasRoom ?? false })
    let server = IngestServer(
      listen: settings.listen, parts: parts,
      limits: limits, environment: settings.environment, publicURL: settings.publicURL)

    // Who sends at the first moment should not be told to come back later; but a Redis that is away must not keep this
    // process from saying so.
    try? await housekeeping.whenReady(timeout: .seconds(3))
    try? await catalog.refresh()

    // The server stops first, while the inbox still brings the replies that its callers wait for, and the audit log
    // keeps what they were answered.
    var services: [any Service] = [inbox, watch, catalog, addresses, senderKeys]
    if let journal = parts.journal { services.append(journal) }
    if let tls { services += [TLSWatch(tls), HangupReload(tls: tls)] }
    let running = ServiceGroup(
      services: (audit.map { [$0] } ?? []) + services + [server], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger.forServiceGroup)
    try await running.run()
    for connection in connections { try? await connection.close().get() }
    try await group.shutdownGracefully()
  }
}
