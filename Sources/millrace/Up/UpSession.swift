// One run of `millrace up`, from the lock on its directory to the last program that has ended.

import Logging
import OutboundHTTP
import ProcessSupport
import Synchronization
import Workflows

final class UpSession: Sendable {
  let plan: UpPlan
  let workflows: [LoadedWorkflow]
  let state: StateDirectory
  private let signals = StopSignals()
  let logger = Logger(label: "up")
  let transport = HTTPTransport(egress: .everywhere)
  let processes = Mutex<[KeptProcess]>([])

  /// How long a process may take to end after the grace that it gives its work.
  private static let slack: Duration = .seconds(5)

  /// - Throws: `CommandFailure` when another `up` has the directory.
  init(_ plan: UpPlan, _ workflows: [LoadedWorkflow]) throws(CommandFailure) {
    self.plan = plan
    self.workflows = workflows
    state = try StateDirectory(plan.settings.stateDirectory)
  }

  func run() async throws {
    let start = Task { try await bringUp() }
    let interruption = Task { [signals] in
      await signals.wait()
      start.cancel()
    }
    signals.whenRepeated { [self] in killAll() }
    do {
      let greeting = try await start.value
      for process in processes.withLock({ $0 }) { process.keepRunning() }
      Terminal.print(greeting.text)
      await interruption.value
      logger.info("stopping")
      await stopAll()
    } catch {
      await stopAll()
      guard signals.hasArrived else { throw error }
    }
  }

  // MARK: stop

  private func stopAll() async {
    let running = processes.withLock { $0 }
    let grace = plan.settings.shutdownGrace + Self.slack
    for rank in StopRank.allCases {
      await withTaskGroup(of: Void.self) { group in
        for process in running where StopRank(process.name) == rank {
          group.addTask { await process.stop(within: grace) }
        }
      }
    }
    await transport.shutdown()
    RedisSocket.clear(in: state.path)
    state.clear()
  }

  private func killAll() {
    for process in processes.withLock({ $0 }) { process.kill() }
  }
}

/// What takes webhooks stops first, then what runs them, then what keeps them.
enum StopRank: Int, CaseIterable, Comparable {
  case ingest, worker, redis

  init(_ name: String) {
    switch name {
    case "ingest": self = .ingest
    case "redis": self = .redis
    default: self = .worker
    }
  }

  static func < (left: StopRank, right: StopRank) -> Bool { left.rawValue < right.rawValue }
}
