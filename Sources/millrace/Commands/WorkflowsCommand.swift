// `millrace workflows`: which workflows are applied, and how each is called.

import ArgumentParser
import Catalog
import ExecutionQueue
import JSONCodec
import Workflows

struct WorkflowsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "workflows", abstract: "List the applied workflows.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let entries = try await RedisAccess.with(try connection.settings(), scripts: RedisDefinitionStore.scripts) {
      let catalog = CatalogService(
        store: RedisDefinitionStore(connection: $0.connection), loader: WorkflowFiles.loader,
        logger: RedisAccess.quiet)
      try await catalog.refresh()
      return catalog.current.all
    }
    if json {
      Terminal.print(JSON.array(entries.map(Self.document)).pretty)
    } else if entries.isEmpty {
      Terminal.print("no workflows yet; apply some with `millrace apply DIR`")
    } else {
      Terminal.print(Self.table(entries))
    }
  }

  private static func table(_ entries: [CatalogEntry]) -> String {
    var table = TextTable([
      ("KEY", .left), ("VERSION", .right), ("STATE", .left), ("MODE", .left), ("METHODS", .left), ("PATH", .left),
      ("TITLE", .left),
    ])
    for entry in entries {
      let trigger = entry.workflow?.trigger
      table.add([
        entry.key, "\(entry.version)", entry.problem == nil ? (entry.enabled ? "enabled" : "disabled") : "unusable",
        trigger?.mode.rawValue ?? "", trigger?.methods.joined(separator: ",") ?? "", trigger?.path?.text ?? "",
        Terminal.shortened(entry.problem ?? entry.workflow?.title ?? ""),
      ])
    }
    return table.text
  }

  private static func document(_ entry: CatalogEntry) -> JSON {
    var object: JSONObject = [
      "key": .string(entry.key), "version": .int(Int64(entry.version)), "enabled": .bool(entry.enabled),
    ]
    if let workflow = entry.workflow {
      object["title"] = workflow.title.map(JSON.string) ?? .null
      object["mode"] = .string(workflow.trigger.mode.rawValue)
      object["methods"] = .array(workflow.trigger.methods.map(JSON.string))
      object["path"] = workflow.trigger.path.map { .string($0.text) } ?? .null
    }
    if let problem = entry.problem { object["problem"] = .string(problem) }
    return .object(object)
  }
}
