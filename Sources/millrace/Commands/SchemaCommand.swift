// `millrace schema`: the JSON Schema of workflow files, for editors.

import ArgumentParser
import JSONCodec
import WebhookChecks
import WorkflowEngine
import Workflows

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of workflow files.",
    discussion: """
      Save it and name it in the first line of a workflow file for editors that know the YAML language server:
      # yaml-language-server: $schema=workflow.schema.json
      """)

  func run() throws {
    Terminal.print(WorkflowSchema.json(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension).pretty)
  }
}
