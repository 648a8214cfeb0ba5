// `response`: the answer for the caller of a synchronous workflow, at the end of the execution or ahead of it.

import JSONCodec
import Workflows

struct ResponseNode: RunnableSettings {
  private static let statuses = 200...599
  /// Statuses whose answers have no body (RFC 9110, section 6.4.1).
  private static let bodiless = [204, 205, 304]

  private let status: Template
  private let headers: HeaderTemplates
  private let body: Template?
  private let endsExecution: Bool

  static let type = NodeType(name: "response", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("status", SettingsSchema.text("200 to 599; 200 unless given.")),
    ("headers", SettingsSchema.mapping("Names and values; a list repeats the header, null leaves it out.")),
    ("body", SettingsSchema.value("A string is sent as text/plain, anything else as application/json.")),
    ("end", SettingsSchema.boolean("End the execution; false answers early and goes on.", default: true)),
  ])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    if reader.triggerMode == .async {
      reader.report(
        "a response node needs a caller who waits: write mode: sync in the trigger, or answer with the trigger's response"
      )
    }
    let status = reader.template("status") ?? .literal(200)
    if let literal = status.literalValue, read(status: literal) == nil {
      reader.report("status must be a whole number from 200 to 599", at: "status")
    }
    return ResponseNode(
      status: status, headers: HeaderTemplates("headers", &reader), body: reader.template("body"),
      endsExecution: reader.boolean("end", default: true))
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let reply = try reply(run.scope)
    return endsExecution ? .end(.succeeded(reply: reply)) : .reply(reply)
  }

  /// An early reply that was recorded has been given; an ending ends the execution again.
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? {
    endsExecution ? nil : .value(.null)
  }

  private func reply(_ scope: ExecutionScope) throws -> Reply {
    let value = try status.evaluate(scope)
    guard let status = Self.read(status: value) else {
      throw NodeFailure.error("status must be a whole number from 200 to 599, and is \(value.text.prefix(40))")
    }
    var headers = try headers.evaluate(scope)
    guard let value = try body?.evaluate(scope), !Self.bodiless.contains(status) else {
      return Reply(status: status, headers: headers)
    }
    let text = value.kind == .string ? value.stringValue : nil
    if !headers.names("content-type") {
      let type = text == nil ? "application/json" : "text/plain; charset=utf-8"
      headers.append((name: "Content-Type", value: type))
    }
    return Reply(status: status, headers: headers, body: text.map { Array($0.utf8) } ?? value.bytes)
  }

  private static func read(status value: JSON) -> Int? {
    let number = value.intValue ?? value.stringValue.flatMap { Int64($0) }
    return number.flatMap { Int(exactly: $0) }.flatMap { statuses.contains($0) ? $0 : nil }
  }
}
