// One program of the system under test, at an address that it keeps: it can be killed, paused, stopped and started
// again, as an operator or a failing machine would do.

import Glibc
import ProcessSupport
import Synchronization

package final class SystemProcess: Sendable {
  package enum Kind: String, Sendable {
    case ingest = "millrace-ingest"
    case worker = "millrace-worker"
  }

  package let kind: Kind
  /// Where it answers HTTP: webhooks for ingest, status for a worker.
  package let port: Int
  private let redis: RedisServer
  private let settings: [String: String]
  private let openFiles: Int?
  /// An ingest's; one that no test asks for goes away with this value.
  private let auditLog = try? TemporaryDirectory("millrace-audit")
  private let state = Mutex(State())

  private struct State {
    var program: RunningProgram?
    /// The worker's name in the queue; each start has its own.
    var name = ""
  }

  init(kind: Kind, redis: RedisServer, settings: [String: String], openFiles: Int? = nil) throws {
    self.openFiles = openFiles
    self.kind = kind
    self.redis = redis
    port = try FreePort.next()
    let address = "127.0.0.1:\(port)"
    var variables = ["MILLRACE_REDIS_URL": redis.url, "MILLRACE_LOG_FORMAT": "text"]
    switch kind {
    case .ingest:
      variables["MILLRACE_LISTEN"] = address
      variables["MILLRACE_EVENT_LOOPS"] = "1"
      variables["MILLRACE_AUDIT_DIR"] = auditLog?.path ?? "off"
    case .worker:
      variables["MILLRACE_METRICS_LISTEN"] = address
      variables["MILLRACE_EGRESS_ALLOW"] = "127.0.0.0/8"
    }
    self.settings = variables.merging(settings) { $1 }
  }

  /// Where an ingest writes its audit log.
  package var auditDirectory: String { auditLog?.path ?? "off" }
  package var program: RunningProgram? { state.withLock { $0.program } }
  package var isRunning: Bool { program?.isRunning ?? false }
  /// A worker's name in the queue, known once `start` has returned.
  package var name: String { state.withLock { $0.name } }

  /// Starts the program. For a worker it returns when the queue knows it; only one worker of a Redis may be in its
  /// start at a time.
  package func start() async throws {
    let before = kind == .worker ? try knownWorkers() : []
    let program = try BuiltProgram.start(kind.rawValue, environment: settings, openFiles: openFiles)
    state.withLock { $0.program = program }
    guard kind == .worker else { return }
    try await checked("the worker's heartbeat") {
      guard let name = try self.knownWorkers().subtracting(before).first else { return false }
      self.state.withLock { $0.name = name }
      return true
    }
  }

  package func waitUntilReady() async throws {
    try await checked("\(kind.rawValue) is ready") { try await self.readiness().status == 200 }
  }

  /// What `/-/readyz` answers.
  package func readiness() async throws -> SystemAnswer {
    try await SystemConnection.send(.get("/-/readyz"), port: port, within: .seconds(5))
  }

  /// The value of one metric, the sum over its labels.
  package func metric(_ name: String) async throws -> Double {
    let text = try await SystemConnection.send(.get("/-/metrics"), port: port).text
    let values = text.split(separator: "\n").compactMap { line -> Double? in
      guard line.hasPrefix(name), let next = line.dropFirst(name.count).first, next == " " || next == "{" else {
        return nil
      }
      return line.split(separator: " ").last.flatMap { Double($0) }
    }
    return values.reduce(0, +)
  }

  /// SIGKILL; returns when the process is gone.
  package func kill() async {
    program?.kill(SIGKILL)
    await program?.waitForExit()
  }

  package func pause() { program?.kill(SIGSTOP) }
  package func resume() { program?.kill(SIGCONT) }

  /// SIGTERM.
  package func requestStop() { program?.terminate() }

  /// SIGTERM; returns when the process is gone: whether it ended without an error, and in time.
  package func stop(within limit: Duration = .seconds(30)) async -> Bool {
    requestStop()
    let isInTime = (try? await eventually("\(kind.rawValue) ends", within: limit) { !isRunning }) != nil
    if !isInTime { program?.kill(SIGKILL) }
    return await program?.waitForExit().isSuccess ?? true && isInTime
  }

  private func knownWorkers() throws -> Set<String> {
    Set(try redis.command("ZRANGE", "{p0}:workers", "0", "-1").split(separator: "\n").map(String.init))
  }

  /// A failure carries what the program has written.
  private func checked(_ what: String, _ check: @Sendable () async throws -> Bool) async throws {
    do {
      try await eventually(what, within: .seconds(40)) {
        guard isRunning else { throw BuiltProgram.Failure(description: "\(kind.rawValue) has ended") }
        return try await check()
      }
    } catch {
      throw BuiltProgram.Failure(description: "\(error); it wrote:\n\(program?.transcript.suffix(4000) ?? "nothing")")
    }
  }
}
