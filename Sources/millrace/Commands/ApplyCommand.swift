// `millrace apply`: checks workflow files and stores them, all or none, as new versions where they have changed.

import ArgumentParser
import Catalog
import ExecutionQueue
import RedisClient
import Workflows

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Check workflow files and apply them, all or none.",
    discussion: "The same content again changes nothing. Running executions keep the version they started with.")

  @Argument(help: ArgumentHelp("A directory with workflow files, or one file.", valueName: "dir"))
  var place: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let workflows = try await WorkflowFiles(at: place).load(otherwise: Self.nothingApplied)
    let published = try await RedisAccess.with(try connection.settings(), scripts: RedisDefinitionStore.scripts) {
      try await Self.publish(workflows, over: $0.connection)
    }
    var table = TextTable([("KEY", .left), ("VERSION", .right), ("RESULT", .left)])
    for entry in published {
      table.add([entry.key, "\(entry.version)", entry.changed ? "changed" : "unchanged"])
    }
    Terminal.print(table.text)
  }

  static let nothingApplied = "nothing was applied"

  static func publish(
    _ workflows: [LoadedWorkflow], over connection: RedisConnection
  ) async throws -> [PublishedDefinition] {
    let publisher = WorkflowPublisher(
      store: RedisDefinitionStore(connection: connection), loader: WorkflowFiles.loader)
    do {
      return try await publisher.publish(workflows)
    } catch let diagnostics as Diagnostics {
      throw CommandFailure(diagnostics, consequence: nothingApplied)
    }
  }
}
