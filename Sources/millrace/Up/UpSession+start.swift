// How `up` brings everything up: leftovers away, addresses free, Redis, workflows, programs.

import ExecutionQueue
import Logging
import NIOCore
import OutboundHTTP
import ProcessSupport
import RedisClient
import Synchronization
import Workflows

extension UpSession {
  private static let redisPatience: Duration = .seconds(300)
  private static let patience: Duration = .seconds(30)

  /// Everything, in the order in which it is needed; returns when a webhook would be answered and run.
  func bringUp() async throws -> UpGreeting {
    try await removeLeftovers()
    let listen = try await ListenCheck.free(plan.settings.listen, flag: "--listen")
    let metrics = try await metricsAddresses(beside: listen)
    let redis = plan.command.namesRedis ? nil : try privateRedis()
    let url = redis?.url ?? plan.settings.redisURL
    let connection = RedisAccess.connect(try RedisAccess.parsed(url), scripts: RedisDefinitionStore.scripts)
    defer { _ = connection.close() }
    try await waitForRedis(redis, connection)
    _ = try await ApplyCommand.publish(workflows, over: connection)
    try await startPrograms(redis: url, listen, metrics, connection)
    return UpGreeting(
      listen: listen, scheme: plan.settings.ingestScheme, metrics: metrics,
      redis: try RedisAccess.parsed(url).description,
      workflows: workflows.map(\.workflow))
  }

  private func removeLeftovers() async throws {
    for process in state.leftovers().sorted(by: { StopRank($0.name) < StopRank($1.name) }) {
      logger.notice("stopping what an earlier `millrace up` has left: \(process.name) (process \(process.identifier))")
      await process.stop(within: .seconds(10))
    }
  }

  private func metricsAddresses(beside listen: ListenAddress) async throws -> [ListenAddress] {
    var addresses = [try await ListenCheck.free(plan.settings.metricsListen, flag: "--metrics-listen")]
    while addresses.count < plan.workers, let last = addresses.last {
      guard let next = await ListenCheck.next(after: last, avoiding: addresses + [listen]) else {
        throw CommandFailure("no free ports for \(plan.workers) workers' metrics", code: ExitCode.unavailable)
      }
      addresses.append(next)
    }
    return addresses
  }

  private func privateRedis() throws -> PrivateRedis {
    let redis = try PrivateRedis(
      in: state, durability: plan.settings.durability, searchPath: ProcessEnvironment.all()["PATH"] ?? "")
    try start("redis", redis.launch) { redis.lastWords }
    return redis
  }

  private func waitForRedis(_ redis: PrivateRedis?, _ connection: RedisConnection) async throws {
    guard let redis, let process = processes.withLock({ $0.first }) else {
      do { return try await connection.whenReady(timeout: .seconds(5)) } catch {
        throw CommandFailure(
          "no Redis at \(maskedURL(plan.settings.redisURL)): \(error); unset MILLRACE_REDIS_URL for a private one",
          code: ExitCode.unavailable)
      }
    }
    do {
      try await process.waitUntilReady(within: Self.redisPatience) {
        connection.isReady ? nil : connection.lastProblem ?? "no answer yet"
      }
    } catch let failure as CommandFailure {
      if let words = redis.lastWords { Terminal.complain("redis | \(words)") }
      throw failure
    }
  }

  private func startPrograms(
    redis: String, _ listen: ListenAddress, _ metrics: [ListenAddress], _ connection: RedisConnection
  ) async throws {
    let ingest = try start(
      "ingest", try plan.launch(.ingest, as: "ingest", redis: redis, overrides: ["--listen=\(listen)"]))
    var workers: [KeptProcess] = []
    for (index, address) in metrics.enumerated() {
      let name = metrics.count == 1 ? "worker" : "worker-\(index + 1)"
      let launch = try plan.launch(.worker, as: name, redis: redis, overrides: ["--metrics-listen=\(address)"])
      workers.append(try start(name, launch))
    }
    try await wait(for: ingest, at: listen, plan.settings.ingestScheme, workflows: workflows.count)
    for (worker, address) in zip(workers, metrics) { try await wait(for: worker, at: address, "http") }
    // A synchronous webhook is refused while no worker has been heard of.
    let inspection = RedisInspection(connection: connection, keys: QueueKeys(partition: 0))
    for worker in workers {
      try await worker.waitUntilReady(within: Self.patience) {
        let alive = (try? await inspection.workers())?.filter(\.isAlive).count ?? 0
        return alive >= metrics.count ? nil : "\(alive) of \(metrics.count) workers have been heard of"
      }
    }
  }

  /// `workflows`: how many it must have read, for ingest.
  private func wait(
    for process: KeptProcess, at address: ListenAddress, _ scheme: String, workflows: Int = 0
  ) async throws {
    let probe = ReadinessProbe(address: address, transport: transport, scheme: scheme)
    try await process.waitUntilReady(within: Self.patience) {
      switch await probe.look() {
      case .ready:
        guard workflows > 0, await probe.workflows() ?? 0 < workflows else { return nil }
        return "it has not read the workflows yet"
      case .notReady(let why), .stranger(let why): return why
      case .nobody: return "nobody listens at \(address)"
      }
    }
  }

  @discardableResult
  private func start(
    _ name: String, _ launch: ChildProcessLaunch, lastWords: @escaping @Sendable () -> String? = { nil }
  ) throws -> KeptProcess {
    try Task.checkCancellation()
    let process = KeptProcess(name: name, launch: launch, logger: logger, lastWords: lastWords) { [state] name, child in
      state.note(name, child.processIdentifier)
    }
    processes.withLock { $0.append(process) }
    do { try process.start() } catch let error as ChildProcessError {
      throw CommandFailure("\(error)", code: ExitCode.unavailable)
    }
    return process
  }
}
