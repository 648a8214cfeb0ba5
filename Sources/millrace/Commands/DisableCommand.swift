// `millrace disable`: a workflow takes no more webhooks; what runs goes on.

import ArgumentParser

struct DisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Stop new executions of a workflow, within a second, on all processes.",
    discussion: "Webhooks for it are answered with 503 and Retry-After. Executions that were accepted go on.")

  @Argument(help: "The workflow's key.")
  var key: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await WorkflowSwitch.set(key, enabled: false, try connection.settings())
    Terminal.print("\(key) is disabled")
  }
}
