// One program that a test has started: what it has written so far, and how to end it, gently or not.

import Glibc
package import ProcessSupport
import Synchronization

/// Killed when its last holder lets go of it; `defer { program.kill() }` keeps it to the end of a test.
package final class RunningProgram: Sendable {
  package typealias Stream = ChildProcessLaunch.Stream

  private let child: ChildProcess
  private let record: LineRecord

  init(executable: String, arguments: [String], environment: [String: String], directory: String?) throws {
    let record = LineRecord()
    self.record = record
    child = try ChildProcess.start(
      ChildProcessLaunch(
        executable: executable, arguments: arguments, environment: environment, workingDirectory: directory,
        output: .lines { stream, line in record.add(stream, line) }, ownsGroup: true))
  }

  deinit { child.kill() }

  package var pid: Int32 { child.processIdentifier }
  package var isRunning: Bool { child.isRunning }

  /// What it has written so far, without line ends.
  package func lines(of stream: Stream) -> [String] { record.lines(of: stream) }

  package func text(of stream: Stream) -> String { lines(of: stream).map { $0 + "\n" }.joined() }

  package var output: String { text(of: .output) }
  package var error: String { text(of: .error) }

  /// Everything of both streams, for messages of tests that fail.
  package var transcript: String { text(of: .output) + text(of: .error) }

  /// The first line that contains the text; waits for it.
  @discardableResult
  package func line(containing text: String, of stream: Stream = .output, within limit: Duration = .seconds(30))
    async throws -> String
  {
    do {
      try await eventually("a line with \(text)", within: limit) {
        lines(of: stream).contains { $0.contains(text) } || !isRunning
      }
    } catch {
      throw BuiltProgram.Failure(description: "\(error); it wrote:\n\(transcript)")
    }
    // What it wrote last may still be on its way.
    if !isRunning { await waitForExit() }
    guard let line = lines(of: stream).first(where: { $0.contains(text) }) else {
      throw BuiltProgram.Failure(description: "it ended without a line with \(text); it wrote:\n\(transcript)")
    }
    return line
  }

  /// SIGTERM.
  package func terminate() { child.terminate() }

  package func kill(_ signal: Int32 = SIGKILL) {
    if child.isRunning { _ = Glibc.kill(child.processIdentifier, signal) }
  }

  /// Returns when it has ended and all its output is here.
  @discardableResult
  package func waitForExit() async -> ExitStatus { await child.waitForExit() }
}

/// Filled by the threads that read the program's pipes.
private final class LineRecord: Sendable {
  private let written = Mutex<[(stream: RunningProgram.Stream, line: String)]>([])

  func add(_ stream: RunningProgram.Stream, _ line: String) {
    written.withLock { $0.append((stream, line)) }
  }

  func lines(of stream: RunningProgram.Stream) -> [String] {
    written.withLock { $0.filter { $0.stream == stream }.map(\.line) }
  }
}
