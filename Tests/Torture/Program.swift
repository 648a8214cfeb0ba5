// One program that the torture starts, kills, stops and starts again; what it writes goes to a file.

import Foundation
import Glibc
import ProcessSupport
import Synchronization

final class Program: Sendable {
  struct Launch: Sendable {
    let name: String
    let executable: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    /// Where it runs and where its log is.
    let directory: String
  }

  private struct State {
    var process: ChildProcess?
    /// The process that we have ended, or are ending.
    var ending: Int32 = 0
    var starts = 0
    var deaths: [String] = []
  }

  let name: String
  private let launch: Launch
  private let guardian: Guardian
  private let log: LogFile
  private let state = Mutex(State())

  init(_ launch: Launch, guardian: Guardian) throws {
    self.launch = launch
    self.guardian = guardian
    name = launch.name
    log = try LogFile("\(launch.directory)/\(launch.name).log")
  }

  var pid: Int32 { state.withLock { $0.process?.processIdentifier ?? 0 } }
  var isRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }
  /// Ends that nobody asked for.
  var deaths: [String] { state.withLock { $0.deaths } }
  var starts: Int { state.withLock { $0.starts } }

  /// `further` variables are for this start alone.
  @discardableResult
  func start(_ further: [String: String] = [:]) throws -> ChildProcess {
    var environment = ProcessEnvironment.all().filter { !$0.key.hasPrefix("MILLRACE_") }
    environment.merge(launch.environment) { $1 }
    environment.merge(further) { $1 }
    log.add("--- starts")
    let log = log
    let process = try ChildProcess.start(
      ChildProcessLaunch(
        executable: launch.executable, arguments: launch.arguments, environment: environment,
        workingDirectory: launch.directory, output: .lines { _, line in log.add(line) }, ownsGroup: true))
    guardian.add(process.processIdentifier)
    state.withLock { state in
      state.process = process
      state.starts += 1
    }
    Task { await watch(process) }
    return process
  }

  private func watch(_ process: ChildProcess) async {
    let status = await process.waitForExit()
    guardian.drop(process.processIdentifier)
    log.add("--- \(status)")
    state.withLock { state in
      if state.ending != process.processIdentifier { state.deaths.append("\(name) \(status)") }
    }
  }

  /// Starts it and waits for its end.
  func run() async throws -> ExitStatus {
    try await start().waitForExit()
  }

  /// SIGKILL; returns when the process and what it has started are gone.
  func kill() async {
    guard let process = take() else { return }
    process.kill()
    await process.waitForExit()
  }

  /// SIGTERM; whether it ended by itself, with code 0 and in time.
  @discardableResult
  func stop(within limit: Duration = .seconds(40)) async -> Bool {
    guard let process = take() else { return true }
    process.terminate()
    let alarm = Task.detached {
      try await Task.sleep(for: limit)
      process.kill()
    }
    let status = await process.waitForExit()
    alarm.cancel()
    if !status.isSuccess { state.withLock { $0.deaths.append("\(name) \(status) when it was asked to stop") } }
    return status.isSuccess
  }

  func signal(_ number: Int32) {
    state.withLock { state in
      if let process = state.process, process.isRunning { _ = Glibc.kill(process.processIdentifier, number) }
    }
  }

  private func take() -> ChildProcess? {
    state.withLock { state in
      guard let process = state.process, process.isRunning else { return nil }
      state.ending = process.processIdentifier
      // One that stands still can be killed but not asked.
      _ = Glibc.kill(process.processIdentifier, SIGCONT)
      return process
    }
  }

  /// Processes that this one has started and that run a program of that name.
  func children(named name: String) -> [Int32] {
    let own = pid
    guard own != 0, let names = SmallFile.names(in: "/proc") else { return [] }
    return names.compactMap { Int32($0) }.filter { child in
      guard let bytes = try? SmallFile.read("/proc/\(child)/stat", limit: 4096) else { return false }
      // pid (name) state parent …
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.lastIndex(of: ")") else { return false }
      return text[text.index(after: end)...].split(separator: " ").dropFirst().first == "\(own)"
        && text[..<end].hasSuffix("(\(name.prefix(15))")
    }
  }

  var lastWords: String { log.last.joined(separator: " / ") }
}

/// Appended to line by line; the last lines are kept for messages.
private final class LogFile: Sendable {
  private let descriptor: Int32
  private let kept = Mutex<[String]>([])

  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TortureError("cannot write \(path): errno \(errno)") }
  }

  deinit { close(descriptor) }

  var last: [String] { kept.withLock { $0 } }

  func add(_ line: String) {
    kept.withLock { lines in
      lines.append(line)
      if lines.count > 5 { lines.removeFirst() }
      _ = write(descriptor, line + "\n", line.utf8.count + 1)
    }
  }
}
