// `delay`: goes on after a while, or at a moment.

import JSONCodec
import ProcessSupport
import Workflows

struct DelayNode: RunnableSettings {
  private enum Time: Sendable {
    case after(Template)
    case at(Template)
  }

  private let time: Time

  static let type = NodeType(
    name: "delay", schema: schema, timeLimit: "\"for\" and \"until\" say how long it waits"
  ) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("for", SettingsSchema.text("How long: 30s, 5m, 2h, 3d, or a number of milliseconds.")),
    ("until", SettingsSchema.text("Or a moment: RFC 3339, or milliseconds since 1970.")),
  ])

  static let longest = Duration.seconds(366 * 86_400)

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    switch (reader.has("for"), reader.has("until")) {
    case (true, true): reader.report("a delay has \"for\" or \"until\", not both", at: "until")
    case (false, false): reader.report("a delay needs \"for\" or \"until\"")
    case (true, false):
      guard let template = reader.template("for") else { break }
      if let value = template.literalValue, duration(value) == nil {
        reader.report("\"for\" is a time such as 30s or 2h, 366d at most", at: "for")
      }
      return DelayNode(time: .after(template))
    case (false, true):
      guard let template = reader.template("until") else { break }
      if let value = template.literalValue, moment(value) == nil {
        reader.report("\"until\" is a moment such as 2030-01-31T08:00:00Z, or milliseconds since 1970", at: "until")
      }
      return DelayNode(time: .at(template))
    }
    return UnreadSettings()
  }

  private static func duration(_ value: JSON) -> Duration? {
    // Forms and queries give numbers as text.
    let milliseconds = value.intValue ?? value.stringValue.flatMap { Int64($0) }
    let duration = milliseconds.map { .milliseconds($0) } ?? value.stringValue.flatMap { Duration(millraceText: $0) }
    guard let duration, duration >= .zero, duration <= longest else { return nil }
    return duration
  }

  private static func moment(_ value: JSON) -> Int64? {
    let moment = value.intValue ?? value.stringValue.flatMap { Timestamp.milliseconds(ofRFC3339: $0) ?? Int64($0) }
    return moment.flatMap { Timestamp.writable.contains($0) ? $0 : nil }
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let due: Int64
    switch time {
    case .after(let template):
      let value = try template.evaluate(run.scope)
      guard let duration = Self.duration(value) else {
        throw NodeFailure.error("\"for\" is no time of 366d at most: \(value.text.prefix(40))")
      }
      due = run.clock.latest + duration.milliseconds
    case .at(let template):
      let value = try template.evaluate(run.scope)
      guard let moment = Self.moment(value), moment <= run.clock.latest + Self.longest.milliseconds else {
        throw NodeFailure.error("\"until\" is no moment within a year: \(value.text.prefix(40))")
      }
      due = moment
    }
    return due <= run.clock.earliest ? .value(Self.result(due)) : .pause(until: due)
  }

  func resume(_ record: NodeRecord, _ run: NodeRun) throws -> NodeStep? {
    record.due.map { .value(Self.result($0)) }
  }

  private static func result(_ due: Int64) -> JSON {
    .string(Timestamp(milliseconds: due).description)
  }
}
