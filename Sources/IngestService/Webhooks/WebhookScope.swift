// What templates of a trigger see: the request, this installation's environment, a little of the system.

import Catalog
import JSONCodec
import Synchronization
import Workflows

final class WebhookScope: VariableScope, Sendable {
  private let webhook: IncomingWebhook
  private let environment: [String: String]
  /// Made only if a template asks; the body is parsed once.
  private let cache = Mutex((request: WebhookRequest?.none, data: JSON?.none))

  init(_ webhook: IncomingWebhook, environment: [String: String]) {
    self.webhook = webhook
    self.environment = environment
  }

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let field): try value(ofContext: field)
    case .environment(let name): environment[name].map { .string($0) }
    case .system("workflow"): .string(webhook.entry.key)
    case .system("version"): .int(Int64(webhook.entry.version))
    case .system, .node, .scope, .variable: nil
    }
  }

  private func value(ofContext field: String) throws(TemplateError) -> JSON? {
    if field == "data", let parsed = cache.withLock({ $0.data }) { return parsed }
    let request = cache.withLock { cache in
      let request = cache.request ?? webhook.asStored
      cache.request = request
      return request
    }
    do {
      let value = try request.value(ofContext: field)
      if field == "data" { cache.withLock { $0.data = value } }
      return value
    } catch {
      throw TemplateError("\(error)")
    }
  }
}
