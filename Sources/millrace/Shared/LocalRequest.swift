// A webhook that never crossed the network: what `run` gives to a workflow, judged by its trigger as ingest would.

import JSONCodec
import JSONValidation
import ProcessSupport
import WebhookChecks
import WorkflowEngine
import Workflows

struct LocalRequest {
  let webhook: WebhookRequest

  /// Without a path it is the one that every workflow has.
  init(_ options: RequestOptions, path: String?, for workflow: Workflow) throws(CommandFailure) {
    let trigger = workflow.trigger
    let usual = trigger.methods.contains("POST") ? "POST" : trigger.methods.first ?? "POST"
    let method = options.method?.uppercased() ?? usual
    guard trigger.methods.contains(method) else {
      throw CommandFailure(
        "the workflow takes \(trigger.methods.joined(separator: ", ")), not \(method)", code: ExitCode.usage)
    }
    let body = try options.body()
    let headers = options.headers(for: body)
    let query: JSON
    do { query = try QueryString.parse(options.query ?? "") } catch {
      throw CommandFailure("--query: \(error)", code: ExitCode.usage)
    }
    webhook = WebhookRequest(
      workflow: workflow.key, version: 0, receivedAt: WallClock.milliseconds, method: method,
      path: path ?? "/api/webhooks/\(workflow.key)", clientAddress: "127.0.0.1", query: query,
      headers: Self.object(headers), params: try Self.parameters(path, trigger),
      contentType: headers.first { $0.name.lowercased() == "content-type" }?.value, bodyKind: trigger.bodyKind,
      body: body)
    do { _ = try webhook.data() } catch {
      throw CommandFailure("the body cannot be read: \(error)", code: ExitCode.badData)
    }
  }

  /// Whether the trigger's `when` holds.
  func isWanted(by trigger: Trigger, environment: [String: String]) throws(CommandFailure) -> Bool {
    guard let condition = trigger.when else { return true }
    do { return try condition.evaluate(TriggerScope(request: webhook, environment: environment)) } catch {
      throw CommandFailure("the trigger's when cannot be evaluated: \(error)")
    }
  }

  /// Where the data does not fit the trigger's `schema`, one line each.
  func misfit(to trigger: Trigger) -> String? {
    guard let schema = (trigger.checks as? WebhookChecks)?.schema?.schema, let data = try? webhook.data() else {
      return nil
    }
    let failures = schema.failures(of: data)
    return failures.isEmpty ? nil : failures.map { "  \($0)" }.joined(separator: "\n")
  }

  private static func parameters(_ path: String?, _ trigger: Trigger) throws(CommandFailure) -> JSON {
    guard let path else { return [:] }
    guard let pattern = trigger.path else {
      throw CommandFailure("--path: the workflow has no path of its own", code: ExitCode.usage)
    }
    guard let values = pattern.match(path) else {
      throw CommandFailure("--path: '\(path)' does not fit the workflow's path \(pattern)", code: ExitCode.usage)
    }
    return .object(JSONObject(values.map { ($0.name, .string($0.value)) }))
  }

  /// Lower-case names, repeated ones joined.
  private static func object(_ headers: [(name: String, value: String)]) -> JSON {
    var object: JSONObject = [:]
    for (name, value) in headers {
      let name = name.lowercased()
      object[name] = .string(object[name]?.stringValue.map { "\($0), \(value)" } ?? value)
    }
    return .object(object)
  }
}

/// What templates of a trigger see.
private struct TriggerScope: VariableScope {
  let request: WebhookRequest
  let environment: [String: String]

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let field):
      do { return try request.value(ofContext: field) } catch { throw TemplateError("\(error)") }
    case .environment(let name): return environment[name].map { .string($0) }
    case .system("workflow"): return .string(request.workflow)
    case .system, .node, .scope, .variable: return nil
    }
  }
}
