// The whole of Millrace as a test drives it: a real Redis, ingests and workers from this build, workflows applied with
// the command line.

import ProcessSupport
import Synchronization

/// Write `defer { system.stop() }` right after the start.
package final class SystemUnderTest: Sendable {
  package let redis: RedisServer
  private let started = Mutex<(ingests: [SystemProcess], workers: [SystemProcess])>(([], []))
  private let workerSettings: [String: String]
  private let ingestSettings: [String: String]
  /// How many files each process may have open; nil: as many as this one.
  private let openFiles: Int?

  package static func start(
    ingests: Int = 1, workers: Int = 1, appendOnly: RedisServer.AppendOnly = .everysec,
    redisConfiguration: [String] = [], settings: [String: String] = [:], ingestSettings: [String: String] = [:],
    workerSettings: [String: String] = [:], openFiles: Int? = nil, redis given: RedisServer? = nil
  ) async throws -> SystemUnderTest {
    let started: RedisServer? =
      given == nil ? try await RedisServer.start(appendOnly: appendOnly, configuration: redisConfiguration) : nil
    guard let redis = given ?? started else { throw RedisServer.Failure(description: "no redis-server") }
    let system = SystemUnderTest(
      redis: redis, ingestSettings: settings.merging(ingestSettings) { $1 },
      workerSettings: settings.merging(workerSettings) { $1 }, openFiles: openFiles)
    do {
      for _ in 0..<ingests { try await system.addIngest() }
      for _ in 0..<workers { try await system.addWorker() }
      for process in system.ingests + system.workers { try await process.waitUntilReady() }
    } catch {
      system.stop()
      throw error
    }
    return system
  }

  private init(
    redis: RedisServer, ingestSettings: [String: String], workerSettings: [String: String], openFiles: Int?
  ) {
    self.openFiles = openFiles
    self.redis = redis
    self.ingestSettings = ingestSettings
    self.workerSettings = workerSettings
  }

  deinit { stop() }

  package var ingests: [SystemProcess] { started.withLock { $0.ingests } }
  package var workers: [SystemProcess] { started.withLock { $0.workers } }
  package var ports: [Int] { ingests.map(\.port) }
  /// The port of the first ingest.
  package var port: Int { ingests.first?.port ?? 0 }

  @discardableResult
  package func addIngest(settings: [String: String] = [:]) async throws -> SystemProcess {
    let process = try SystemProcess(
      kind: .ingest, redis: redis, settings: ingestSettings.merging(settings) { $1 }, openFiles: openFiles)
    started.withLock { $0.ingests.append(process) }
    try await process.start()
    return process
  }

  @discardableResult
  package func addWorker(settings: [String: String] = [:]) async throws -> SystemProcess {
    let process = try SystemProcess(
      kind: .worker, redis: redis, settings: workerSettings.merging(settings) { $1 }, openFiles: openFiles)
    started.withLock { $0.workers.append(process) }
    try await process.start()
    return process
  }

  package func stop() {
    for process in ingests + workers { process.program?.kill(9) }
    redis.stop()
  }

  /// Applies workflow files (YAML by key, which is the file's name) with `millrace apply` and waits until every ingest
  /// knows them.
  package func apply(_ workflows: [String: String]) async throws {
    let directory = try TemporaryDirectory()
    for (key, text) in workflows { try directory.write("\(key).yaml", text) }
    try await command("apply", directory.path)
    for ingest in ingests where ingest.isRunning {
      for key in workflows.keys { try await waitUntilKnown(key, at: ingest) }
    }
  }

  /// Runs the command line against this system's Redis; its standard output.
  @discardableResult
  package func command(_ arguments: String...) async throws -> String {
    let result = try await BuiltProgram.run("millrace", arguments + ["--redis-url", redis.url])
    guard result.status.isSuccess else {
      throw BuiltProgram.Failure(description: "millrace \(arguments) \(result.status): \(result.error)")
    }
    return result.output
  }

  /// A method that no webhook has asks for the head only, so nothing is queued by the question.
  private func waitUntilKnown(_ key: String, at ingest: SystemProcess) async throws {
    try await eventually("ingest knows \(key)", within: .seconds(20)) {
      let probe = SystemRequest("TRACE", "/api/webhooks/\(key)")
      return try await SystemConnection.send(probe, port: ingest.port, within: .seconds(5)).status == 405
    }
  }

  /// Sends one webhook to the first ingest.
  package func send(
    _ key: String, _ json: String, headers: [(name: String, value: String)] = [], within limit: Duration = .seconds(30)
  ) async throws -> SystemAnswer {
    try await SystemConnection.send(.webhook(key, json, headers: headers), port: port, within: limit)
  }
}
