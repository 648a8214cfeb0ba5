// `deduplicate`: which webhooks are the same one, sent again.

import JSONCodec
package import Workflows

package enum DeduplicationSetting: Sendable {
  /// By the id that the verified sender gives its deliveries, if it gives one.
  case automatic
  case off
  case by(Template, window: Duration)

  static let usualWindow = Duration.seconds(86_400)

  static let schema: JSON = [
    "description": "What makes two webhooks the same; by default the id that a verified sender gives.",
    "anyOf": [
      ["const": false],
      [
        "type": "object", "required": ["by"], "additionalProperties": false,
        "properties": [
          "by": ["description": "A template over $context, such as {{$context.headers.x-delivery-id}}."],
          "for": ["description": "For how long; default 24h.", "type": "string"],
        ],
      ],
    ],
  ]

  static func read(_ reader: inout SettingsReader) -> DeduplicationSetting {
    guard reader.has("deduplicate") else { return .automatic }
    if case .bool(let isOn)? = reader.verbatim("deduplicate") {
      if isOn {
        reader.report("\"deduplicate\" is false, or says what makes two webhooks the same: {by: …}", at: "deduplicate")
      }
      return .off
    }
    let setting = reader.mapping("deduplicate") { entry -> DeduplicationSetting in
      let template = entry.template("by", required: true)
      if let template, !entry.isStored, !template.references.contains(where: \.readsWebhook) {
        entry.report("\"by\" must read the webhook, such as \"{{$context.data.id}}\"", at: "by")
      }
      let window = entry.positiveDuration("for") ?? usualWindow
      if window > .seconds(30 * 86_400) { entry.report("\"for\" is 30d at most", at: "for") }
      return template.map { .by($0, window: window) } ?? .off
    }
    return setting ?? .off
  }

  var writtenWindow: Duration? {
    if case .by(_, let window) = self { window } else { nil }
  }
}
