// One program that `up` runs: started once, then started again whenever it dies, until it is stopped.

import Logging
import ProcessSupport
import Synchronization

final class KeptProcess: Sendable {
  private struct State {
    var child: ChildProcess?
    var isStopping = false
    var keeper: Task<Void, Never>?
  }

  let name: String
  private let launch: ChildProcessLaunch
  private let logger: Logger
  /// What it left in a log file of its own.
  private let lastWords: @Sendable () -> String?
  private let whenStarted: @Sendable (_ name: String, _ process: ChildProcess) -> Void
  private let state = Mutex(State())

  private static let firstDelay: Duration = .milliseconds(500)
  private static let longestDelay: Duration = .seconds(30)
  /// Whoever has run for so long did not die of a bad start.
  private static let goodRun: Duration = .seconds(60)

  init(
    name: String, launch: ChildProcessLaunch, logger: Logger, lastWords: @escaping @Sendable () -> String? = { nil },
    whenStarted: @escaping @Sendable (_ name: String, _ process: ChildProcess) -> Void
  ) {
    self.name = name
    self.launch = launch
    self.logger = logger
    self.lastWords = lastWords
    self.whenStarted = whenStarted
  }

  func start() throws {
    guard let child = try startUnlessStopping() else { throw CancellationError() }
    whenStarted(name, child)
  }

  /// Returns when the probe says so.
  /// - Throws: `CommandFailure` when the program ends before, or does not get ready in time.
  func waitUntilReady(within limit: Duration, _ probe: () async -> String?) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      try Task.checkCancellation()
      guard let problem = await probe() else { return }
      guard let child = state.withLock({ $0.child }), child.isRunning else {
        let status = await state.withLock { $0.child }?.waitForExit()
        throw CommandFailure(
          "\(name) \(status.map { "\($0)" } ?? "did not start") before it was ready; see what it wrote above",
          code: status == .exited(ExitCode.configuration) ? ExitCode.configuration : ExitCode.unavailable)
      }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure("\(name) is not ready: \(problem)", code: ExitCode.unavailable)
      }
      try await Task.sleep(for: .milliseconds(25))
    }
  }

  /// From now on a program that ends is started again.
  func keepRunning() {
    state.withLock { state in
      guard !state.isStopping, state.keeper == nil else { return }
      state.keeper = Task { await keep() }
    }
  }

  /// Ends the program: asks it first, and ends it when it has not gone after the time given.
  func stop(within grace: Duration) async {
    let (child, keeper) = state.withLock { state in
      state.isStopping = true
      return (state.child, state.keeper)
    }
    keeper?.cancel()
    guard let child else { return }
    child.terminate()
    let alarm = Task { [name, logger] in
      try await Task.sleep(for: grace)
      logger.warning("\(name) does not end; killing it")
      child.kill()
    }
    await child.waitForExit()
    alarm.cancel()
  }

  func kill() {
    let child = state.withLock { state in
      state.isStopping = true
      return state.child
    }
    child?.kill()
  }

  /// Nil once it is being stopped: a start must not slip through while the last child is stopped.
  private func startUnlessStopping() throws -> ChildProcess? {
    try state.withLock { state in
      guard !state.isStopping else { return nil }
      let child = try ChildProcess.start(launch)
      state.child = child
      return child
    }
  }

  private func keep() async {
    var delay = Self.firstDelay
    while let child = state.withLock({ $0.isStopping ? nil : $0.child }) {
      let started = ContinuousClock.now
      let status = await child.waitForExit()
      guard !state.withLock({ $0.isStopping }) else { return }
      delay = ContinuousClock.now - started >= Self.goodRun ? Self.firstDelay : delay
      let reason = lastWords().map { " (\($0))" } ?? ""
      logger.error("\(name) \(status)\(reason); starting it again in \(delay.millraceText)")
      do { try await Task.sleep(for: delay) } catch { return }
      delay = min(delay * 2, Self.longestDelay)
      do {
        if let child = try startUnlessStopping() { whenStarted(name, child) }
      } catch {
        // The ended child stays in place, so the next round comes here again after a longer pause.
        logger.error("\(error)")
      }
    }
  }
}
