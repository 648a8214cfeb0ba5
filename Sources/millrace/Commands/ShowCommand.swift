// `millrace show`: one execution, from the webhook that started it to its outcome.

import ArgumentParser
import ExecutionQueue
import JSONCodec
import ProcessSupport
import WorkflowEngine

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one execution: state, times, nodes, input and output.",
    discussion: "Values of $env that this process knows are shown as ***.")

  @Argument(help: "The execution's id, as ingest answered it.")
  var id: String

  @Flag(help: "Print JSON, with nothing shortened.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    guard let executionID = ExecutionID(id) else {
      throw CommandFailure(
        "'\(id)' is no execution id; one looks like 0-1763926414123-0-7k3fz9m2c8h5xq1b", code: ExitCode.usage)
    }
    let settings = try connection.settings()
    let mask = Redaction(environment: settings.settings.environment)
    let story = try await RedisAccess.with(settings, scripts: RedisDefinitionStore.scripts + RedisInspection.scripts) {
      redis in
      let keys = QueueKeys(partition: executionID.partition)
      let inspection = RedisInspection(connection: redis.connection, keys: keys)
      guard let record = try await inspection.record(of: executionID, detail: .everything) else {
        throw CommandFailure("there is no execution \(id), or it is no longer kept")
      }
      return try await ExecutionStory(
        record, definitions: RedisDefinitionStore(connection: redis.connection), mask: mask,
        publicURL: settings.settings.publicURL)
    }
    Terminal.print(json ? story.document.pretty : story.text)
  }
}
