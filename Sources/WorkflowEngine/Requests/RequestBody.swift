// The body of a request node: at most one of five settings, each a template.

import FoundationEssentials
import JSONCodec
import OutboundHTTP
import Workflows

struct RequestBody: Sendable {
  enum Form: String, CaseIterable, Sendable {
    case json, form, multipart, text, bytes
  }

  let form: Form
  let template: Template

  /// Nil without any of the settings; more than one is reported.
  init?(_ reader: inout SettingsReader) {
    var found: [RequestBody] = []
    for form in Form.allCases {
      if let template = reader.template(form.rawValue) { found.append(RequestBody(form, template)) }
    }
    guard let first = found.first else { return nil }
    if found.count > 1 {
      let names = found.map(\.form.rawValue).joined(separator: " and ")
      reader.report("a request has one body, not \(names)", at: found[1].form.rawValue)
    }
    self = first
  }

  private init(_ form: Form, _ template: Template) {
    self.form = form
    self.template = template
  }

  /// The content type that goes with the form gives way to a header that the workflow sets.
  func evaluate(_ scope: ExecutionScope) throws -> OutboundRequest.Body {
    switch form {
    case .json: return .bytes(try template.evaluate(scope).bytes, contentType: "application/json")
    case .text: return .bytes(Array(try template.text(scope).utf8), contentType: "text/plain; charset=utf-8")
    case .bytes:
      return .bytes(try Self.decode(try template.evaluate(scope), of: "bytes"), contentType: "application/octet-stream")
    case .form:
      let pairs = try NameValuePairs.list(try template.evaluate(scope), of: "form")
      let text = pairs.map { "\(PercentEncoding.form($0.name))=\(PercentEncoding.form($0.value))" }
      return .bytes(Array(text.joined(separator: "&").utf8), contentType: "application/x-www-form-urlencoded")
    case .multipart:
      let parts = try template.evaluate(scope)
      guard parts.kind == .object else {
        throw NodeFailure.error("multipart must be an object of names and parts, and is \(parts.kindName)")
      }
      return .multipart(try parts.members.flatMap { try Self.parts($0.key, $0.value) })
    }
  }

  /// A list repeats the part, null leaves it out, an object is a file if it has the members of one, else JSON.
  private static func parts(_ name: String, _ value: JSON) throws -> [OutboundRequest.Part] {
    switch value.kind {
    case .null: return []
    case .array: return try value.elements.flatMap { try parts(name, $0) }
    case .object: return [try part(name, value)]
    case .bool, .number, .string:
      return [
        OutboundRequest.Part(name: name, filename: nil, contentType: nil, bytes: Array(value.templateText.utf8))
      ]
    }
  }

  private static func part(_ name: String, _ value: JSON) throws -> OutboundRequest.Part {
    guard isFile(value) else {
      return OutboundRequest.Part(name: name, filename: nil, contentType: "application/json", bytes: value.bytes)
    }
    let content: [UInt8]
    if let base64 = value["base64"] {
      content = try decode(base64, of: "multipart \(name)")
    } else {
      content = Array((value["text"]?.templateText ?? "").utf8)
    }
    let contentType = value["contentType"]?.stringValue
    let filename = value["filename"]?.stringValue
    if let filename { _ = try HeaderTemplates.checked(filename, "Content-Disposition of multipart \(name)") }
    if let contentType { _ = try HeaderTemplates.checked(contentType, "Content-Type of multipart \(name)") }
    return OutboundRequest.Part(name: name, filename: filename, contentType: contentType, bytes: content)
  }

  /// Files are as `$context.data` has them, with `size`. Many objects that are none have a `text`.
  private static func isFile(_ value: JSON) -> Bool {
    let names = Set(value.members.map(\.key))
    guard names.isSubset(of: ["filename", "contentType", "size", "base64", "text"]) else { return false }
    return names.contains("base64")
      || names.contains("text") && !names.isDisjoint(with: ["filename", "contentType"])
  }

  private static func decode(_ value: JSON, of setting: String) throws -> [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    guard let text = value.stringValue, let data = Data(base64Encoded: Data(text.utf8.filter { !isBlank($0) })) else {
      throw NodeFailure.error("\(setting) must be base64 text")
    }
    return [UInt8](data)
  }
}
