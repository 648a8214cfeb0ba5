// What templates of a trigger see: the request, this installation's environment, a little of the system.

import JSONCodec
import Synchronization
import Workflows

final class WebhookScope: VariableScope, Sendable {
  private let request: WebhookRequest
  private let environment: [String: String]
  /// The body is parsed once, and only if a template asks for it.
  private let data = Mutex<JSON?>(nil)

  init(request: WebhookRequest, environment: [String: String]) {
    self.request = request
    self.environment = environment
  }

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let field): try value(ofContext: field)
    case .environment(let name): environment[name].map { .string($0) }
    case .system("workflow"): .string(request.workflow)
    case .system("version"): .int(Int64(request.version))
    case .system, .node, .scope, .variable: nil
    }
  }

  private func value(ofContext field: String) throws(TemplateError) -> JSON? {
    if field == "data", let parsed = data.withLock({ $0 }) { return parsed }
    do {
      let value = try request.value(ofContext: field)
      if field == "data" { data.withLock { $0 = value } }
      return value
    } catch {
      throw TemplateError("\(error)")
    }
  }
}
