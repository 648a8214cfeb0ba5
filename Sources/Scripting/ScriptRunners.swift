// Runs scripts in processes of their own: a pool of warm runners, one call at a time in each, the others in line.

package import Logging
package import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization

/// Starts its runners at the first call, or before with `start()`. A runner that dies, hangs or overruns costs the call
/// that it was at work on, and is replaced at once. Lives until `shutDown()`, also without references to it.
///
/// May be used from any thread; on the event loop of an idle runner a call is written without a change of threads.
package final class ScriptRunners: Sendable {
  package let configuration: Configuration
  let logger: Logger
  private let group: any EventLoopGroup
  private let pool: Mutex<RunnerPool>

  package init(_ configuration: Configuration, group: any EventLoopGroup, logger: Logger) {
    self.configuration = configuration
    self.group = group
    self.logger = logger
    pool = Mutex(RunnerPool(size: max(1, configuration.processes), room: configuration.waiting))
  }

  /// Warms the runners up, so that the first calls need not wait. Returns at once.
  package func start() { fill() }

  /// Calls that a runner is at work on.
  package var running: Int { pool.withLock { $0.running } }
  /// Calls in line for a runner.
  package var waiting: Int { pool.withLock { $0.waiting } }
  /// Runner processes that were started so far.
  var starts: Int { pool.withLock { $0.starts } }
  /// Whether all runners are there and idle.
  package var isReady: Bool { pool.withLock { $0.isReady } }
  /// The processes of the runners that have not ended.
  var processIdentifiers: [Int32] { pool.withLock { $0.runners.map(\.child.processIdentifier) } }

  // MARK: Calls

  /// Throws when there is no outcome at all; a script that fails by itself is a failure among the results. Input that
  /// is no JSON object ends the runner. If the task is cancelled, the call is given up with `.unavailable`, and a runner
  /// that is at work on it is ended.
  package func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    if call.codes.isEmpty { return ScriptOutcome(results: [], console: []) }
    try checkSize(call)
    return try await answer(to: .run(call)).get()
  }

  /// Compiles the code without running it.
  /// - Returns: Its syntax error, if it has one.
  package func check(_ code: ScriptCode) async throws(ScriptFailure) -> ScriptFailure? {
    try checkSize(ScriptCall([code], input: []))
    guard case .failure(let failure)? = try await answer(to: .check(code)).get().results.first else { return nil }
    return failure
  }

  private func checkSize(_ call: ScriptCall) throws(ScriptFailure) {
    let largest = min(configuration.input, RunnerRequest.longest - RunnerRequest.overhead - 4 * call.codes.count)
    guard call.codes.count <= Int(UInt16.max) else {
      throw ScriptFailure(.limit, "more than \(UInt16.max) scripts cannot run in one call")
    }
    guard call.input.count <= largest else {
      throw ScriptFailure(.limit, "what the script is to see is larger than \(ByteSize(bytes: configuration.input))")
    }
    guard call.codes.allSatisfy({ $0.text.utf8.count <= largest }) else {
      throw ScriptFailure(.limit, "the script is larger than \(ByteSize(bytes: configuration.input))")
    }
  }

  private func answer(to work: PendingCall.Work) async -> PendingCall.Answer {
    let call = PendingCall(work)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if call.wait(with: continuation) { submit(call) }
      }
    } onCancel: {
      if let runner = call.settle(.failure(.cancelled)) { return runner.abandon(call) }
      pool.withLock { $0.withdraw(call) }
    }
  }

  func submit(_ call: PendingCall) {
    switch pool.withLock({ $0.place(call) }) {
    case .start(let runner): runner.start(call)
    case .waits: fill()
    case .refused(let failure): call.settle(.failure(failure))
    }
  }

  // MARK: What runners tell

  /// For a runner that has just become ready.
  func firstCall(for runner: ScriptRunner) -> PendingCall? {
    defer { fill() }
    return pool.withLock { pool in
      pool.becameReady(runner)
      return pool.nextCall(for: runner)
    }
  }

  func nextCall(for runner: ScriptRunner) -> PendingCall? {
    pool.withLock { $0.nextCall(for: runner) }
  }

  /// A runner that was ready has ended. Without a call it is a fault of its own, which may come again and again.
  func remove(_ runner: ScriptRunner, isFault: Bool) {
    pool.withLock { $0.remove(runner) }
    guard isFault else { return fill() }
    afterFault("an idle runner ended") { $0.fault($1) }
  }

  /// A runner has ended that was never ready.
  func startEnded(_ runner: ScriptRunner, reason: String?) {
    pool.withLock { $0.startEnded(runner) }
    Task {
      let ownReason = await runner.reasonOfEnd()
      startFailed(reason ?? ownReason)
    }
  }

  // MARK: Starting

  private func fill() {
    for _ in 0..<pool.withLock({ $0.takeStarts() }) {
      let eventLoop = group.next()
      NIOThreadPool.singleton.submit { _ in self.launch(on: eventLoop) }
    }
  }

  private func launch(on eventLoop: any EventLoop) {
    do throws(LaunchError) {
      let child = try ScriptRunner.launch(
        for: self, on: eventLoop,
        register: { runner in
          if !self.pool.withLock({ $0.add(runner) }) { runner.end(.shutDown) }
        }, failed: { self.startFailed($0) })
      Task {
        await child.waitForExit()
        reaped()
      }
    } catch {
      startFailed(error.reason)
      reaped()
    }
  }

  private func startFailed(_ reason: String) {
    afterFault(reason) { $0.startFailed($1) }
  }

  private func afterFault(
    _ reason: String, _ note: (inout RunnerPool, String) -> (pause: TimeAmount?, hopeless: [PendingCall])
  ) {
    let (pause, hopeless) = pool.withLock { note(&$0, reason) }
    for call in hopeless { call.settle(.failure(.noRunner(reason))) }
    guard let pause else { return }
    logger.warning(
      "a script runner failed", metadata: ["reason": "\(reason)", "next_start_ms": "\(pause.milliseconds)"])
    group.next().scheduleTask(in: pause) {
      self.pool.withLock { $0.retryCame() }
      self.fill()
    }
  }

  // MARK: The end

  /// Ends all runners; calls fail with `.unavailable` from now on, those under way too. Returns when no process of a
  /// runner is left.
  package func shutDown() async {
    let (runners, calls) = pool.withLock { $0.close() }
    for call in calls { call.settle(.failure(.shutDown)) }
    for runner in runners { runner.end(.shutDown) }
    await withCheckedContinuation { continuation in
      if !pool.withLock({ $0.waitForLast(continuation) }) { continuation.resume() }
    }
  }

  private func reaped() {
    for closer in pool.withLock({ $0.reaped() }) { closer.resume() }
  }
}

extension TimeAmount {
  fileprivate var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
