// `retry`: how often a node that failed is tried again, and how long it waits in between.

import JSONCodec

package struct RetryPolicy: Sendable, Equatable {
  /// Which failures are worth another try: those that may pass by themselves, or all.
  package enum Failures: String, Sendable, CaseIterable {
    case temporary, any
  }

  /// The first one included.
  package var attempts: Int
  /// Before the second attempt; each further delay is `factor` times the one before, `maxDelay` at most.
  package var delay: Duration
  package var factor: Double
  package var maxDelay: Duration
  package var on: Failures

  package init(
    attempts: Int, delay: Duration = .seconds(1), factor: Double = 2, maxDelay: Duration = .seconds(600),
    on failures: Failures = .temporary
  ) {
    self.attempts = attempts
    self.delay = delay
    self.factor = factor
    self.maxDelay = maxDelay
    on = failures
  }
}

extension RetryPolicy {
  private static let longestDelay = Duration.seconds(86_400)

  init(_ reader: inout SettingsReader) {
    let attempts = reader.optionalInteger("attempts", in: 1...100)
    if reader.value("attempts") == nil { reader.report("\"attempts\" is missing in \(reader.subject)") }
    self.init(attempts: attempts ?? 1)
    delay = reader.positiveDuration("delay") ?? delay
    factor = reader.number("factor", in: 1...10) ?? factor
    maxDelay = reader.positiveDuration("maxDelay") ?? max(maxDelay, delay)
    on = reader.choice("on", default: on)
    if maxDelay > Self.longestDelay {
      reader.report("a delay is 24h at most", at: delay > Self.longestDelay ? "delay" : "maxDelay")
    } else if maxDelay < delay {
      reader.report("\"maxDelay\" must not be shorter than \"delay\"", at: "maxDelay")
    }
  }

  static let settings: [Setting] = [
    Setting(
      name: "attempts",
      schema: ["type": "integer", "minimum": 1, "maximum": 100, "description": "The first included."],
      isRequired: true),
    Setting(name: "delay", schema: Schemas.duration("Before the second attempt; default 1s.")),
    Setting(
      name: "factor",
      schema: ["type": "number", "minimum": 1, "maximum": 10, "description": "Each delay to the next; default 2."]),
    Setting(name: "maxDelay", schema: Schemas.duration("The longest delay; default 10m.")),
    Setting(name: "on", schema: Schemas.choice(Failures.self, "Which failures; default temporary.")),
  ]
}
