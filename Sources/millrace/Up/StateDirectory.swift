// The directory of one `millrace up`: its lock, its private Redis, and the list of processes that it has started, so
// that the next one finds what is left over after a kill -9.

import Glibc
import ProcessSupport
import Synchronization

final class StateDirectory: Sendable {
  /// Absolute.
  let path: String
  private let lock: Int32
  private let processes = Mutex<[StartedProcess]>([])

  /// Makes the directory if need be and locks it for as long as this process lives.
  init(_ given: String) throws(CommandFailure) {
    path = try Self.make(given)
    let file = "\(path)/lock"
    lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Self.unusable(given, errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let owner = TextFile.small(file)?.split(separator: "\n").first.flatMap { StartedProcess(line: $0) }
      close(lock)
      throw CommandFailure(
        "another `millrace up`\(owner.map { " (process \($0.identifier))" } ?? "") runs with the state directory "
          + "'\(given)': stop it, or choose another directory with --state-dir", code: ExitCode.unavailable)
    }
  }

  deinit {
    close(lock)
  }

  /// What an earlier owner of the directory has started and not stopped.
  func leftovers() -> [StartedProcess] {
    let lines = TextFile.small("\(path)/lock")?.split(separator: "\n") ?? []
    return lines.dropFirst().compactMap { StartedProcess(line: $0) }.filter(\.isRunning)
  }

  /// Notes a process instead of an earlier one of the same name.
  func note(_ name: String, _ identifier: pid_t) {
    processes.withLock { processes in
      processes.removeAll { $0.name == name }
      if let process = StartedProcess(name: name, identifier: identifier) { processes.append(process) }
      write(processes)
    }
  }

  /// Everything has ended.
  func clear() {
    processes.withLock { processes in
      processes = []
      write([])
    }
  }

  private func write(_ processes: [StartedProcess]) {
    let own = StartedProcess(name: "up", identifier: getpid())
    let text = ([own].compactMap(\.self) + processes).map { $0.line + "\n" }.joined()
    ftruncate(lock, 0)
    lseek(lock, 0, SEEK_SET)
    writeAll(text, to: lock)
  }

  private static func make(_ given: String) throws(CommandFailure) -> String {
    var made = given.hasPrefix("/") ? "" : "."
    for part in given.split(separator: "/") {
      made += "/\(part)"
      if mkdir(made, 0o700) != 0, errno != EEXIST { throw unusable(given, errno) }
    }
    guard TextFile.isDirectory(given) else { throw unusable(given, ENOTDIR) }
    guard let resolved = realpath(given, nil) else { throw unusable(given, errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func unusable(_ path: String, _ code: Int32) -> CommandFailure {
    let reason = String(cString: strerror(code)).lowercased()
    return CommandFailure(
      "the state directory '\(path)' cannot be used: \(reason); choose another with --state-dir",
      code: ExitCode.unavailable)
  }
}
