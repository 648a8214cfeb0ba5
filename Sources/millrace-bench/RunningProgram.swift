// A program that a benchmark has started: what it has written, whether it still runs, and its end.

import Foundation
import ProcessSupport
import Synchronization

final class RunningProgram: Sendable {
  let name: String
  private let process: ChildProcess
  private let written: WrittenLines

  /// In a process group of its own, so that Ctrl-C reaches only this process, which then stops it.
  init(_ name: String, _ executable: String, _ arguments: [String], environment: [String: String]) throws {
    self.name = name
    let written = WrittenLines()
    self.written = written
    process = try ChildProcess.start(
      ChildProcessLaunch(
        executable: executable, arguments: arguments, environment: environment,
        output: .lines { _, line in written.add(line) }, ownsGroup: true))
  }

  /// Standard output and error, as far as they are kept.
  var lines: [String] { written.all }
  /// How many lines it has written in all.
  var lineCount: Int { written.count }
  var lastWords: String { lines.suffix(8).joined(separator: " / ") }

  /// Throws what it wrote last when it does not run any more.
  func requireRunning() throws {
    guard process.isRunning else { throw BenchError("\(name) has ended: \(lastWords)") }
  }

  /// Waits for it to end by itself.
  func finish(within limit: Duration) async throws -> ExitStatus {
    let deadline = ContinuousClock.now + limit
    let alarm = Task {
      try await Task.sleep(until: deadline, clock: .continuous)
      process.kill()
    }
    let status = await withTaskCancellationHandler {
      await process.waitForExit()
    } onCancel: {
      process.kill()
    }
    alarm.cancel()
    try Task.checkCancellation()
    guard ContinuousClock.now < deadline else { throw BenchError("\(name) took longer than \(limit)") }
    return status
  }

  /// SIGTERM, and after a while SIGKILL; returns when it and whatever it has started are gone.
  func stop() async {
    let group = ProcessGroup(leader: process.processIdentifier)
    process.terminate()
    // Not a child task: a cancelled benchmark waits here too.
    let alarm = Task.detached { [process] in
      try await Task.sleep(for: .seconds(15))
      process.kill()
    }
    await process.waitForExit()
    alarm.cancel()
    await Task.detached { await group.end(within: .seconds(15)) }.value
  }

  /// Bytes of resident memory; nil when it has ended.
  var residentMemory: Int? {
    let path = "/proc/\(process.processIdentifier)/status"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes << 10
  }
}

/// The last lines that a program has written.
private final class WrittenLines: Sendable {
  private static let limit = 200
  private let kept = Mutex<(last: [String], count: Int)>(([], 0))

  var all: [String] { kept.withLock { $0.last } }
  var count: Int { kept.withLock { $0.count } }

  func add(_ line: String) {
    kept.withLock { lines in
      lines.last.append(line)
      lines.count += 1
      if lines.last.count > Self.limit { lines.last.removeFirst() }
    }
  }
}
