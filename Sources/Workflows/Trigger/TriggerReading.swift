// Reads the trigger of a workflow file.

import JSONCodec

struct TriggerReading {
  static let knownMethods = ["GET", "POST", "PUT", "DELETE", "PATCH"]

  let session: LoadingSession

  func trigger(_ reader: inout SettingsReader) -> Trigger {
    session.place = .trigger
    defer { session.place = .nodes }
    type(&reader)
    let path = path(&reader)
    let methods = methods(&reader)
    let mode = reader.choice("mode", default: Trigger.Mode.async)
    session.triggerMode = mode
    let body = reader.mapping("body") { body in
      (limit: body.size("limit"), kind: body.choice("as", default: BodyKind.auto))
    }
    let when = reader.condition("when", allowsJavaScript: false)
    let response = reader.mapping("response") { response in
      TriggerResponse(
        status: response.integer("status", in: 200...599, default: 200), headers: response.headers("headers"),
        body: response.template("body"))
    }
    let timeout = reader.positiveDuration("timeout") ?? .seconds(10)
    let onTimeout = reader.choice("onTimeout", default: Trigger.OnTimeout.accepted)
    let checks = session.triggerExtension?.read(&reader)
    if session.triggerExtension == nil { reader.notSupportedYet(SettingTable.triggerExtension) }
    return Trigger(
      path: path, methods: methods, mode: mode, bodyLimit: body?.limit, bodyKind: body?.kind ?? .auto, when: when,
      response: response, timeout: timeout, onTimeout: onTimeout, checks: checks)
  }

  private func type(_ reader: inout SettingsReader) {
    guard let type = reader.string("type", required: true), type != "webhook" else { return }
    let suggestion = Suggestion.text(for: type, among: ["webhook"])
    reader.report(
      "there is no trigger type \"\(type)\"\(suggestion.isEmpty ? "; there is webhook" : suggestion)", at: "type")
  }

  private func path(_ reader: inout SettingsReader) -> PathPattern? {
    guard let text = reader.string("path"), let source = reader.source("path") else { return nil }
    do {
      return try PathPattern(parsing: text)
    } catch {
      reader.report(error.message, at: source.position(ofScalar: error.offset))
      return nil
    }
  }

  private func methods(_ reader: inout SettingsReader) -> [String] {
    guard let value = reader.value("methods") else { return ["POST"] }
    let values = value.list ?? [value]
    if values.isEmpty { reader.report("\"methods\" must name at least one method", at: value.position) }
    var methods: [String] = []
    for value in values {
      guard let method = value.string, Self.knownMethods.contains(method) else {
        let suggestion = Suggestion.text(for: value.string ?? "", among: Self.knownMethods)
        let known = SettingsReader.alternatives(Self.knownMethods)
        reader.report(
          "a method must be \(known), not \(value.kindName)\(suggestion)", at: value.position)
        continue
      }
      if methods.contains(method) {
        reader.report("the method \(method) stands twice here", at: value.position)
      } else {
        methods.append(method)
      }
    }
    return methods.isEmpty ? ["POST"] : methods
  }
}
