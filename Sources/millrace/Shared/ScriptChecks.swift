// Has the JavaScript of workflow files compiled, so that a slip of the pen is found before anything is applied.

import NIOCore
import NIOPosix
import ProcessSupport
import Scripting
import Workflows

enum ScriptChecks {
  /// - Throws: `CommandFailure` when there is no engine to do it.
  static func problems(in code: [WrittenCode]) async throws(CommandFailure) -> [Diagnostic] {
    guard !code.isEmpty else { return [] }
    guard let runner = ExecutablePath.sibling(named: "millrace-script") else {
      throw unchecked("millrace-script is not beside this program")
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let runners = ScriptRunners(
      ScriptRunners.Configuration(executable: runner, processes: 1), group: group, logger: RedisAccess.quiet)
    let problems: Result<[Diagnostic], CommandFailure>
    do throws(ScriptFailure) {
      problems = .success(try await compile(code, runners))
    } catch {
      problems = .failure(unchecked(error.message))
    }
    await runners.shutDown()
    try? await group.shutdownGracefully()
    return try problems.get()
  }

  private static func compile(
    _ code: [WrittenCode], _ runners: ScriptRunners
  ) async throws(ScriptFailure) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for written in code {
      guard
        let failure = try await runners.check(ScriptCode(written.isExpression ? .expression : .script, written.text))
      else { continue }
      let message = "\(failure.name ?? "JavaScript"): \(failure.message)"
      problems.append(written.diagnostic(message, line: failure.line, column: failure.column))
    }
    return problems
  }

  private static func unchecked(_ reason: String) -> CommandFailure {
    CommandFailure("the JavaScript was not checked: \(reason)", code: ExitCode.unavailable)
  }
}
