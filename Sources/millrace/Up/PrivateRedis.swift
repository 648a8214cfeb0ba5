// The Redis that `up` runs for itself: on a socket in the state directory, nothing of it on the network, every write in
// its append-only file.

import Glibc
import ProcessSupport

struct PrivateRedis {
  let socket: RedisSocket
  let launch: ChildProcessLaunch
  /// Where it logs.
  let log: String

  var url: String { RedisSocket.url(socket.path) }

  init(in state: StateDirectory, durability: Durability, searchPath: String) throws(CommandFailure) {
    guard let executable = ExecutablePath.find("redis-server", on: searchPath) else {
      throw CommandFailure(
        "redis-server is not on the PATH: install it (apt-get install redis-server), or set MILLRACE_REDIS_URL to a "
          + "Redis that runs", code: ExitCode.unavailable)
    }
    let directory = "\(state.path)/redis"
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw TextFile.unreadable(directory, errno) }
    socket = try RedisSocket(in: state.path)
    log = "\(state.path)/redis.log"
    let settings = [
      ("port", "0"), ("unixsocket", socket.path), ("unixsocketperm", "700"), ("dir", directory),
      ("daemonize", "no"), ("appendonly", "yes"), ("appendfsync", durability == .strict ? "always" : "everysec"),
      ("maxmemory-policy", "noeviction"), ("save", ""), ("logfile", log),
    ]
    // Lines instead of a terminal's: whatever it says on the way out, before its log file is open, is seen.
    launch = ChildProcessLaunch(
      executable: executable, arguments: settings.flatMap { ["--\($0.0)", $0.1] }, workingDirectory: state.path,
      output: .prefixed("redis | "), ownsGroup: true)
  }

  /// The latest line of its log, for a start that failed.
  var lastWords: String? {
    TextFile.small(log)?.split(separator: "\n").last.map(String.init)
  }
}
