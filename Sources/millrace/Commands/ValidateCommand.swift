// `millrace validate`: says everything that is wrong with workflow files, with file, line and column; applies nothing.

import ArgumentParser
import JSONCodec
import ProcessSupport
import Workflows

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check workflow files without applying them.")

  @Argument(help: ArgumentHelp("A directory with workflow files, or one file.", valueName: "dir"))
  var place: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let files = try WorkflowFiles(at: place)
    guard json else {
      let workflows = try await files.load(otherwise: "correct the files and try again")
      let keys = workflows.map(\.workflow.key).joined(separator: ", ")
      Terminal.print("\(workflows.count) \(workflows.count == 1 ? "workflow is" : "workflows are") valid: \(keys)")
      return
    }
    do {
      Terminal.print(Self.document(try await files.load(), []).pretty)
    } catch let error as Diagnostics {
      Terminal.print(Self.document([], error.list).pretty)
      throw CommandFailure.silent(ExitCode.badData)
    }
  }

  private static func document(_ workflows: [LoadedWorkflow], _ problems: [Diagnostic]) -> JSON {
    [
      "valid": .bool(problems.isEmpty),
      "workflows": .array(workflows.map { ["key": .string($0.workflow.key), "file": .string($0.file)] }),
      "problems": .array(
        problems.map {
          [
            "file": .string($0.file), "line": .int(Int64($0.line)), "column": .int(Int64($0.column)),
            "message": .string($0.message),
          ]
        }),
    ]
  }
}
