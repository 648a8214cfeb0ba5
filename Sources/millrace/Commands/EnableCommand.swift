// `millrace enable`: a workflow takes webhooks again.

import ArgumentParser

struct EnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let a workflow take webhooks again.")

  @Argument(help: "The workflow's key.")
  var key: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await WorkflowSwitch.set(key, enabled: true, try connection.settings())
    Terminal.print("\(key) is enabled")
  }
}
