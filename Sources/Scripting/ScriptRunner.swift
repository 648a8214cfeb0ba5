// One runner: a process that runs scripts, and the socket to it.

import Glibc
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization

/// May be used from any thread.
final class ScriptRunner: Sendable {
  let eventLoop: any EventLoop
  let child: ChildProcess
  private let lastWords: LastWords
  private let handler: NIOLoopBound<RunnerHandler>

  /// On the event loop only.
  private init(_ handler: RunnerHandler, child: ChildProcess, lastWords: LastWords, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.child = child
    self.lastWords = lastWords
    self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
  }

  func start(_ call: PendingCall) { onEventLoop { $0.start(call) } }
  func abandon(_ call: PendingCall) { onEventLoop { $0.abandon(call) } }
  func end(_ failure: ScriptFailure) { onEventLoop { $0.end(.failure(failure)) } }

  /// Why a runner ended that never became ready. Returns when it has ended.
  func reasonOfEnd() async -> String {
    let status = await child.waitForExit()
    return lastWords.text ?? "it \(status.text) before it was ready"
  }

  private func onEventLoop(_ body: @escaping @Sendable (RunnerHandler) -> Void) {
    if eventLoop.inEventLoop {
      body(handler.value)
    } else {
      eventLoop.execute { [handler] in body(handler.value) }
    }
  }
}

extension ScriptRunner {
  /// Starts the process; blocks for some milliseconds. `register` is called on the event loop, before anything of the
  /// runner's is looked at; what follows comes through its handler. `failed` is called instead if there is none.
  static func launch(
    for owner: ScriptRunners, on eventLoop: any EventLoop, register: @escaping @Sendable (ScriptRunner) -> Void,
    failed: @escaping @Sendable (String) -> Void
  ) throws(LaunchError) -> ChildProcess {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw LaunchError(reason: "no socket for it can be made: \(String(cString: strerror(errno)))")
    }
    defer { close(ends[1]) }
    let lastWords = LastWords()
    let launch = ChildProcessLaunch(
      executable: owner.configuration.executable, environment: [:], input: ends[1],
      output: .lines { [logger = owner.logger] _, line in
        lastWords.hear(line)
        logger.warning("a script runner wrote", metadata: ["line": "\(line)"])
      }, ownsGroup: true)
    let child: ChildProcess
    do throws(ChildProcessError) {
      child = try ChildProcess.start(launch)
    } catch {
      close(ends[0])
      throw LaunchError(reason: error.description)
    }
    connect(ends[0], to: child, lastWords, for: owner, on: eventLoop, register: register, failed: failed)
    return child
  }

  static func connect(
    _ socket: Int32, to child: ChildProcess, _ lastWords: LastWords, for owner: ScriptRunners,
    on eventLoop: any EventLoop, register: @escaping @Sendable (ScriptRunner) -> Void,
    failed: @escaping @Sendable (String) -> Void
  ) {
    let hasHandler = Mutex(false)
    ClientBootstrap(group: eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = RunnerHandler(owner: owner, child: child)
          let runner = ScriptRunner(handler, child: child, lastWords: lastWords, eventLoop: channel.eventLoop)
          handler.attach(runner)
          register(runner)
          try channel.pipeline.syncOperations.addHandler(handler)
          hasHandler.withLock { $0 = true }
        }
      }
      .withConnectedSocket(socket)
      .whenFailure { error in
        child.kill()
        // With a handler it takes itself out when that goes.
        if !hasHandler.withLock({ $0 }) { failed("its socket cannot be used: \(error)") }
      }
  }
}

struct LaunchError: Error {
  let reason: String
}

/// The last line that a runner wrote: when it cannot start, it says why.
final class LastWords: Sendable {
  private let line = Mutex<String?>(nil)

  var text: String? { line.withLock { $0 } }

  func hear(_ text: String) { line.withLock { $0 = text } }
}
