// `throttle`: so many in a period; what is over it waits, nothing is refused.

package import JSONCodec

package struct Throttle: Sendable, Equatable {
  package let limit: Int
  package let period: Duration

  package init(limit: Int, period: Duration) {
    self.limit = limit
    self.period = period
  }

  /// Microseconds from one to the next.
  package var spacing: Int64 {
    let (seconds, attoseconds) = period.components
    return max(1, (seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / Int64(limit))
  }

  private static let longestPeriod = Duration.seconds(86_400)

  /// Nil when it cannot be read; the reader has the problems then.
  package init?(_ reader: inout SettingsReader) {
    let limit = reader.optionalInteger("limit", in: 1...1_000_000)
    if reader.value("limit") == nil { reader.report("\"limit\" is missing in \(reader.subject)") }
    let period = reader.positiveDuration("per")
    if reader.value("per") == nil { reader.report("\"per\" is missing in \(reader.subject): a time such as 1s or 1m") }
    if let period, period > Self.longestPeriod { reader.report("\"per\" is 24h at most", at: "per") }
    guard let limit, let period else { return nil }
    self.init(limit: limit, period: period)
  }

  /// `more`: settings beside the two.
  package static func schema(_ description: String, more: [(String, JSON)] = []) -> JSON {
    let properties: [(String, JSON)] = [
      ("limit", ["type": "integer", "minimum": 1, "maximum": 1_000_000]),
      ("per", Schemas.duration("The period, 24h at most.")),
    ]
    return [
      "description": .string(description), "type": "object", "properties": .object(JSONObject(properties + more)),
      "required": ["limit", "per"], "additionalProperties": false,
    ]
  }
}
