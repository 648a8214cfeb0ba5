// What templates of a trigger see: the request, this installation's environment, a little of the system.

import JSONCodec
import Workflows

struct WebhookScope: VariableScope, Sendable {
  let request: WebhookRequest
  let environment: [String: String]

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let field): try request.value(ofContext: field)
    case .environment(let name): environment[name].map { .string($0) }
    case .system("workflow"): .string(request.workflow)
    case .system("version"): .int(Int64(request.version))
    case .system, .node, .scope, .variable: nil
    }
  }
}
