// `rate`: how often a workflow, or each of its clients, may start an execution.

import JSONCodec
import Workflows

package struct RateSetting: Sendable {
  package enum Subject: String, Sendable, CaseIterable {
    case workflow, client
  }

  package let limit: Int
  package let period: Duration
  package let subject: Subject

  static let schema: JSON = [
    "description": "Executions that may start in a period; more webhooks get 429 with Retry-After.",
    "type": "object", "required": ["limit", "per"], "additionalProperties": false,
    "properties": [
      "limit": ["type": "integer", "minimum": 1, "maximum": 1_000_000], "per": ["type": "string"],
      "by": ["enum": ["workflow", "client"], "default": "workflow"],
    ],
  ]

  static func read(_ reader: inout SettingsReader) -> RateSetting? {
    reader.mapping("rate") { entry -> RateSetting? in
      let limit = entry.optionalInteger("limit", in: 1...1_000_000)
      if limit == nil, !entry.has("limit") { entry.report("\"limit\" is missing in \"rate\"") }
      let period = entry.positiveDuration("per")
      if period == nil, !entry.has("per") { entry.report("\"per\" is missing in \"rate\": a time such as 1s or 1m") }
      if let period, period > .seconds(86_400) { entry.report("\"per\" is 24h at most", at: "per") }
      let subject = entry.choice("by", default: Subject.workflow)
      guard let limit, let period else { return nil }
      return RateSetting(limit: limit, period: period, subject: subject)
    } ?? nil
  }
}
