// A shell that ends what the torture has started if the torture itself is killed: it waits on a pipe that closes then.

import Glibc
import ProcessSupport
import Synchronization

final class Guardian: Sendable {
  private static let script = """
    pids=
    while read -r word pid; do
      case $word in
        add) pids="$pids $pid" ;;
        drop) rest=; for one in $pids; do [ "$one" = "$pid" ] || rest="$rest $one"; done; pids=$rest ;;
        end) exit 0 ;;
      esac
    done
    for one in $pids; do kill -9 "-$one"; done 2>/dev/null
    [ -n "$1" ] || rm -rf "$0"
    """

  private let writeEnd: Mutex<Int32>
  private let shell: ChildProcess

  /// It removes the directory, too, unless that is to be kept.
  init(directory: String, keeps: Bool) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw TortureError("no pipe for the guardian: errno \(errno)") }
    defer { close(ends[0]) }
    writeEnd = Mutex(ends[1])
    shell = try ChildProcess.start(
      ChildProcessLaunch(
        executable: "/bin/sh", arguments: ["-c", Self.script, directory, keeps ? "keep" : ""], input: ends[0],
        output: .discarded,
        ownsGroup: true))
  }

  /// Each is the leader of a process group of its own.
  func add(_ pid: Int32) { tell("add \(pid)") }
  func drop(_ pid: Int32) { tell("drop \(pid)") }

  func dismiss() async {
    tell("end")
    writeEnd.withLock { _ = close($0) }
    await shell.waitForExit()
  }

  private func tell(_ line: String) {
    writeEnd.withLock { _ = write($0, line + "\n", line.utf8.count + 1) }
  }
}
