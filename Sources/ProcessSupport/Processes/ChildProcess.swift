// A program that this one started: `millrace up` runs Redis, ingest and workers with it.

package import Glibc
import Synchronization

package final class ChildProcess: Sendable {
  private struct State {
    var status: ExitStatus?
    /// What still has to end before waiters may go on: the process, and the reading of its output.
    var unfinished: Int
    var waiters: [CheckedContinuation<ExitStatus, Never>] = []
  }

  package let processIdentifier: pid_t
  private let ownsGroup: Bool
  private let state: Mutex<State>

  /// Starts the program; standard input is empty unless given, and no other descriptor of this process reaches it.
  package static func start(_ launch: ChildProcessLaunch) throws(ChildProcessError) -> ChildProcess {
    let (identifier, output) = try spawn(launch)
    return ChildProcess(identifier: identifier, ownsGroup: launch.ownsGroup, output: output)
  }

  private init(identifier: pid_t, ownsGroup: Bool, output: ChildOutput?) {
    processIdentifier = identifier
    self.ownsGroup = ownsGroup
    state = Mutex(State(unfinished: output == nil ? 1 : 2))
    // waitpid blocks, and a few children are not worth a signal handler that the whole process would share.
    startThread {
      self.awaitEnd()
      output?.processEnded()
      self.finishPart()
    }
    guard let output else { return }
    startThread {
      output.readToEnd()
      self.finishPart()
    }
  }

  package var isRunning: Bool { state.withLock { $0.status == nil } }

  /// Asks the process to end (SIGTERM); nothing when it has ended.
  package func terminate() {
    send(SIGTERM, toGroup: false)
  }

  /// Ends the process, and with a group of its own whatever it has started.
  package func kill() {
    send(SIGKILL, toGroup: ownsGroup)
  }

  /// Returns when the process has ended and its piped output has been handed on.
  @discardableResult
  package func waitForExit() async -> ExitStatus {
    await withCheckedContinuation { continuation in
      let ended: ExitStatus? = state.withLock { state in
        if state.unfinished == 0, let status = state.status { return status }
        state.waiters.append(continuation)
        return nil
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }

  private func send(_ signal: Int32, toGroup: Bool) {
    state.withLock { state in
      // Once reaped, the number may belong to a stranger.
      guard state.status == nil else { return }
      _ = Glibc.kill(toGroup ? -processIdentifier : processIdentifier, signal)
    }
  }

  private func awaitEnd() {
    var information = siginfo_t()
    // Leaves the zombie in place, so that reaping and the note of it are one step for `send`.
    while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    state.withLock { state in
      var status: Int32 = 0
      let reaped = waitpid(processIdentifier, &status, 0)
      // Where the process ignores SIGCHLD the kernel keeps no status.
      state.status = reaped == processIdentifier ? ExitStatus(waitStatus: status) : .exited(-1)
    }
  }

  private func finishPart() {
    let (status, waiters) = state.withLock { state -> (ExitStatus?, [CheckedContinuation<ExitStatus, Never>]) in
      state.unfinished -= 1
      guard state.unfinished == 0 else { return (nil, []) }
      defer { state.waiters = [] }
      return (state.status, state.waiters)
    }
    guard let status else { return }
    for waiter in waiters { waiter.resume(returning: status) }
  }
}
