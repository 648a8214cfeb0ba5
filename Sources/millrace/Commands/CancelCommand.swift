// `millrace cancel`: ends executions wherever they are.

import ArgumentParser
import ExecutionQueue
import ProcessSupport
import Workflows

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End executions that wait or run.",
    discussion: """
      Requests under way are broken off within a second. Ends with 1 when one of them had ended before or is not known.
      """)

  @Argument(help: "Ids of executions.")
  var ids: [String]

  @Option(help: "Why, for the record and for a caller that waits.")
  var message = "canceled by an operator"

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let ids = try self.ids.map(Operators.id)
    let failures = try await Operators.with(try connection.settings()) { operators in
      var failures = 0
      for id in ids {
        switch try await operators.control.cancel(id, message: message, keep: try await keep(id, operators)) {
        case .canceled: Terminal.print("\(id) canceled")
        case .over(let state):
          Terminal.complain("\(id) had ended before: \(state.rawValue)")
          failures += 1
        case .unknown:
          Terminal.complain("there is no execution \(id), or it is no longer kept")
          failures += 1
        }
      }
      return failures
    }
    if failures > 0 { throw CommandFailure.silent(ExitCode.failure) }
  }

  /// As its workflow keeps what failed.
  private func keep(_ id: ExecutionID, _ operators: Operators) async throws -> Duration {
    let standard = Duration.seconds(30 * 86_400)
    let inspection = RedisInspection(connection: operators.connection, keys: operators.keys)
    guard let record = try await inspection.record(of: id, detail: .everything) else { return standard }
    let keep = try await operators.workflow(of: record)?.workflow.keep.failed ?? standard
    return max(keep, .seconds(60))
  }
}
