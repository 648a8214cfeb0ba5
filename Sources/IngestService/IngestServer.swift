// The HTTP front as a service: it listens, hands each connection to a handler, and on a stop answers what it has.

package import Catalog
package import ExecutionQueue
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOPosix
package import ProcessSupport
import ServiceLifecycle

package struct IngestServer: Service {
  /// What the server stands on; made by the program.
  package struct Parts: Sendable {
    package var group: MultiThreadedEventLoopGroup
    /// The admission queue of each event loop of `group`.
    package var admissions: @Sendable (any EventLoop) -> any AdmissionQueue
    package var catalog: CatalogService
    package var inbox: ReplyInbox
    package var senderKeys: SenderKeys
    package var addresses: NamedAddressLists
    package var gate: AdmissionGate
    package var health: Health
    package var registry: MetricsRegistry
    /// Nil when there is no audit log.
    package var audit: AuditWriter?
    package var logger: Logger
    /// Nil: plain HTTP.
    package var tls: TLSContexts?
    /// Whose `X-Forwarded-For` is believed.
    package var proxies = AddressSet.empty
    package var journal: Journal?

    package init(
      group: MultiThreadedEventLoopGroup, admissions: @escaping @Sendable (any EventLoop) -> any AdmissionQueue,
      catalog: CatalogService, inbox: ReplyInbox, senderKeys: SenderKeys,
      addresses: NamedAddressLists, gate: AdmissionGate, health: Health,
      registry: MetricsRegistry,
      audit: AuditWriter?,
      logger: Logger
    ) {
      self.group = group
      self.admissions = admissions
      self.catalog = catalog
      self.inbox = inbox
      self.senderKeys = senderKeys
      self.addresses = addresses
      self.gate = gate
      self.health = health
      self.registry = registry
      self.audit = audit
      self.logger = logger
    }
  }

  package struct Limits: Sendable {
    package var body = 10_000_000
    package var connections = 20_000
    /// Bytes of bodies in memory at once.
    package var buffered = 268_435_456
    /// How long a stop waits for replies to synchronous callers.
    package var grace: Duration = .seconds(25)

    package init() {}
  }

  private let listen: ListenAddress
  private let parts: Parts
  private let limits: Limits
  private let environment: [String: String]
  private let address: String
  private let connections: OpenConnections
  private let whenListening: @Sendable (SocketAddress) -> Void

  package init(
    listen: ListenAddress, parts: Parts, limits: Limits, environment: [String: String], publicURL: String? = nil,
    whenListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
  ) {
    self.listen = listen
    self.parts = parts
    self.limits = limits
    self.environment = environment
    self.address = publicURL ?? ""
    self.whenListening = whenListening
    connections = OpenConnections(limit: limits.connections)
    parts.journal?.depend(on: JournalSurroundings(catalog: parts.catalog, gate: parts.gate))
  }

  package func run() async throws {
    let channel = try await bind()
    if let address = channel.localAddress {
      parts.logger.info(
        "listening",
        metadata: [
          "address": "\(ListenAddress(host: listen.host, port: address.port ?? listen.port))",
          "scheme": parts.tls == nil ? "http" : "https",
        ])
      whenListening(address)
    }
    parts.health.set(check: "listening", problem: nil)
    // Until the group shuts down: everything happens in the connections.
    try? await gracefulShutdown()
    parts.health.set(check: "listening", problem: "stopping")
    try? await channel.close()
    await stop()
  }

  /// How long answers may take to leave when the grace is over.
  private static let farewell: Duration = .seconds(2)

  private func stop() async {
    let alarm = Task { [limits, connections, inbox = parts.inbox] in
      try await Task.sleep(for: limits.grace)
      // Whoever still waits hears that the execution goes on.
      inbox.forgetAll()
      try await Task.sleep(for: Self.farewell)
      connections.closeAll()
    }
    await connections.quiesce()
    alarm.cancel()
  }

  /// Bytes that the parser may keep: behind a request that offers to switch protocols it reads nothing more.
  private static let mostUnread = 1 << 20

  private func bind() async throws -> any Channel {
    let metrics = IngestMetrics(registry: parts.registry)
    let budget = BodyBudget(limit: limits.buffered)
    registerGauges(budget)
    let routers = Dictionary(
      uniqueKeysWithValues: parts.group.makeIterator().map { loop in
        (ObjectIdentifier(loop), (router(on: loop, metrics: metrics), services(on: loop, budget, metrics)))
      })
    let (tls, logger) = (parts.tls, parts.logger)
    let bootstrap = ServerBootstrap(group: parts.group)
      .resting(logger)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let (router, services) = routers[ObjectIdentifier(channel.eventLoop)] else {
            throw ChannelError.operationUnsupported
          }
          if let tls { try channel.pipeline.syncOperations.addHandlers(tls.handlers(metrics, logger)) }
          let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes), maximumBufferSize: Self.mostUnread)
          try channel.pipeline.syncOperations.addHandlers(
            decoder, ConnectionHandler(router: router, services: services))
        }
      }
    do {
      return try await bootstrap.bind(host: listen.host, port: listen.port).get()
    } catch {
      throw ListenError(address: listen, variable: "MILLRACE_LISTEN", cause: error)
    }
  }

  private func router(on loop: any EventLoop, metrics: IngestMetrics) -> IngestRouter {
    let admissions = parts.admissions(loop)
    return IngestRouter(
      webhooks: WebhookRoute(
        catalog: parts.catalog, admissions: admissions, inbox: parts.inbox, gate: parts.gate, metrics: metrics,
        environment: environment, bodyLimit: limits.body, address: address, senderKeys: parts.senderKeys,
        journal: parts.journal, addresses: parts.addresses,
        logger: parts.logger, eventLoop: loop),
      results: ResultRoute(admissions: admissions, gate: parts.gate),
      resumes: ResumeRoute(admissions: admissions, gate: parts.gate, bodyLimit: limits.body),
      status: StatusEndpoints(health: parts.health, metrics: parts.registry))
  }

  private func services(
    on loop: any EventLoop, _ budget: BodyBudget, _ metrics: IngestMetrics
  ) -> ConnectionServices {
    ConnectionServices(
      budget: budget, connections: connections, metrics: metrics, date: DateHeader(),
      audit: parts.audit?.trail(on: loop), logger: parts.logger, proxies: parts.proxies)
  }

  private func registerGauges(_ budget: BodyBudget) {
    let (connections, inbox, catalog) = (connections, parts.inbox, parts.catalog)
    parts.registry.gauge("millrace_ingest_workflows", help: "Applied workflows that it knows.") {
      Double(catalog.current.all.count)
    }
    parts.registry.gauge("millrace_ingest_connections", help: "Open connections.") { Double(connections.count) }
    parts.registry.gauge("millrace_ingest_waiting", help: "Synchronous callers that wait.") { Double(inbox.count) }
    parts.registry.gauge("millrace_ingest_buffered_bytes", help: "Bytes of bodies in memory.") { Double(budget.inUse) }
  }
}
