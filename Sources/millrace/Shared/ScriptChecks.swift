// Has the JavaScript of workflow files compiled, so that a slip of the pen is found before anything is applied.

import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import Scripting
import Workflows

enum ScriptChecks {
  static func problems(in workflows: [LoadedWorkflow]) async -> [Diagnostic] {
    let code = workflows.flatMap(\.code)
    guard !code.isEmpty else { return [] }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let runners = ScriptRunners(
      ScriptRunners.Configuration(executable: ExecutablePath.scriptRunner, processes: 1), group: group,
      logger: Logger(label: "millrace"))
    var problems: [Diagnostic] = []
    do throws(ScriptFailure) {
      for written in code {
        guard
          let failure = try await runners.check(ScriptCode(written.isExpression ? .expression : .script, written.text))
        else { continue }
        let message = "\(failure.name ?? "JavaScript"): \(failure.message)"
        problems.append(written.diagnostic(message, line: failure.line, column: failure.column))
      }
    } catch {
      Terminal.complain("millrace: the JavaScript was not checked: \(error.message)")
    }
    await runners.shutDown()
    try? await group.shutdownGracefully()
    return problems
  }
}
