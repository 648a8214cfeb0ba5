// `verify`: who may have sent a webhook, and how that shows.

import JSONCodec
import Verification
import Workflows

/// One entry of the list.
package struct SenderSetting: Sendable {
  package let provider: String
  /// What the provider's own questions come with.
  let methods: [String]
  private let values: [(name: String, value: Template)]

  static let schema: JSON = [
    "description": "Who may send: all entries must accept the webhook.", "type": "array", "maxItems": 8,
    "items": ProviderSettings.schema,
  ]

  static func read(_ reader: inout SettingsReader) -> [SenderSetting] {
    let entries = reader.list("verify") { entry -> SenderSetting? in
      let name = entry.string("provider", required: true)
      let values = entry.remainingTemplates()
      guard let name else { return nil }
      let problems = ProviderSettings.check(provider: name, names: ["provider"] + values.map(\.name))
      for problem in problems { entry.report(problem.message, at: problem.setting) }
      guard problems.isEmpty, let provider = ProviderCatalog.provider(named: name) else { return nil }
      let known = values.map { (name: $0.name, value: $0.value.literalValue) }
      if !entry.isStored, let problem = ProviderSettings.check(provider: name, values: known) {
        entry.report(problem.message, at: problem.setting)
      }
      return SenderSetting(provider: provider.name, methods: provider.methods, values: values)
    }
    if entries.count > 8 { reader.report("\"verify\" has more than 8 entries", at: "verify") }
    return entries.compactMap(\.self)
  }

  /// With the templates filled in.
  func settings(_ scope: some VariableScope) throws -> JSON {
    var members: [(String, JSON)] = [("provider", .string(provider))]
    for (name, value) in values { members.append((name, try value.evaluate(scope))) }
    return .object(JSONObject(members))
  }
}
