// `throttle` of a request: how often all executions together may call what has this name.

import JSONCodec
import Workflows

struct RequestPace: Sendable {
  let throttle: Throttle
  private let name: Template?

  static let schema = Throttle.schema(
    "How often all executions together may call it; those over it wait.",
    more: [("by", SettingsSchema.text("What is counted together; the URL's host and port unless given."))])

  init?(_ reader: inout SettingsReader) {
    name = reader.has("by") ? reader.template("by") : nil
    guard let throttle = Throttle(&reader) else { return nil }
    self.throttle = throttle
  }

  func name(for target: RequestTarget, _ scope: ExecutionScope) throws -> String {
    "h:" + (try name?.text(scope) ?? target.host).prefix(200)
  }
}
