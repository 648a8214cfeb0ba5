// What the tests of the command line share: the project's example workflows, and a way to run a command.

import Foundation
import TestSupport

enum CommandExamples {
  /// The workflows that the project ships.
  static var directory: String {
    let here = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    return here.deletingLastPathComponent().deletingLastPathComponent().appending(path: "deploy/workflows").path
  }

  static let webhook = #"{"event":"test","data":{"message":"Hello NocoBase"}}"#
}

/// Runs `millrace`.
func millrace(
  _ arguments: String..., environment: [String: String] = [:], directory: String? = nil
) async throws -> BuiltProgram.Result {
  try await BuiltProgram.run("millrace", arguments, environment: environment, directory: directory)
}
