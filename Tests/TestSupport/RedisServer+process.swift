// How a test's redis-server is spawned, ended and never left behind, whatever becomes of the test process.

import Glibc
import Synchronization

extension RedisServer {
  /// The server's process, and a shell that kills it if the test process dies without having ended it.
  ///
  /// (PR_SET_PDEATHSIG would not do: it follows the spawning thread, and pool threads end.)
  final class RunningProcess: Sendable {
    let pid: Int32
    private let guardian: Int32
    /// Open as long as we live; its end of file tells the guardian that we died, a line on it that all is well.
    private let lifeline: Int32
    private let exited = Mutex(false)

    init(directory: String, library: String?) throws(Failure) {
      let words = (library.map { ["env", "LD_PRELOAD=\($0)"] } ?? []) + ["redis-server", directory + "/redis.conf"]
      pid = try Self.spawn(words, standardInput: nil, output: directory + "/redis.log")
      var pair: [Int32] = [0, 0]
      // Closed on exec from the start: another test that spawns right now must not hold it open.
      guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
        Glibc.kill(pid, SIGKILL)
        throw Failure(description: "no socket pair for the guardian of redis-server: errno \(errno)")
      }
      lifeline = pair[0]
      defer { close(pair[1]) }
      let script = "read -r line || { kill -9 \"$0\"; rm -rf \"$1\"; }"
      guardian = try Self.spawn(["sh", "-c", script, "\(pid)", directory], standardInput: pair[1], output: "/dev/null")
    }

    /// SIGKILL, and wait until the process is gone.
    func end() {
      exited.withLock { exited in
        guard !exited else { return }
        Glibc.kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) == -1, errno == EINTR {}
        exited = true
      }
      dismissGuardian()
    }

    /// SIGTERM, and wait; Redis writes out its append-only file first.
    func endGracefully() async throws {
      Glibc.kill(pid, SIGCONT)
      Glibc.kill(pid, SIGTERM)
      let deadline = ContinuousClock.now + .seconds(10)
      while !hasExited, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(2)) }
      end()
    }

    var hasExited: Bool {
      exited.withLock { exited in
        if !exited, waitpid(pid, nil, WNOHANG) == pid { exited = true }
        return exited
      }
    }

    private func dismissGuardian() {
      _ = write(lifeline, "\n", 1)
      close(lifeline)
      while waitpid(guardian, nil, 0) == -1, errno == EINTR {}
    }

    private static func spawn(_ words: [String], standardInput: Int32?, output: String) throws(Failure) -> Int32 {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      if let standardInput {
        posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
      } else {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      }
      posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var signals = sigset_t()
      sigemptyset(&signals)
      posix_spawnattr_setsigmask(&attributes, &signals)
      // A process group of its own: an interrupt typed at the terminal must reach the test first, not the guardian.
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
      var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
      defer { arguments.forEach { free($0) } }
      var pid: Int32 = 0
      let result = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, environ)
      guard result == 0 else {
        throw Failure(description: "\(words[0]) could not be started (errno \(result)); is it installed?")
      }
      return pid
    }
  }
}
