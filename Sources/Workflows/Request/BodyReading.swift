// A body becomes `$context.data`, by its content type, by what the trigger says, or by what it looks like.

import FoundationEssentials
import JSONCodec

struct BodyReading {
  let body: [UInt8]
  let contentType: ContentType?
  let kind: BodyKind
  let limits: BodyLimits

  init(_ body: [UInt8], contentType: String?, kind: BodyKind, limits: BodyLimits) {
    self.body = body
    self.contentType = contentType.flatMap { $0.utf8.isEmpty ? nil : ContentType($0) }
    self.kind = kind
    self.limits = limits
  }

  enum Form {
    case empty, json, form, multipart, text, bytes
  }

  /// What the body is read as.
  var form: Form {
    switch kind {
    case .bytes: return body.isEmpty ? .empty : .bytes
    case .text: return body.isEmpty ? .empty : .text
    case .json: return body.isEmpty ? .empty : .json
    case .form: return body.isEmpty ? .empty : contentType?.isMultipart == true ? .multipart : .form
    case .auto: break
    }
    if body.isEmpty { return .empty }
    guard let contentType, !contentType.type.isEmpty else { return sniffed }
    if contentType.isJSON { return .json }
    if contentType.isForm { return .form }
    if contentType.isMultipart { return .multipart }
    return contentType.isText ? .text : .bytes
  }

  func data() throws(BodyError) -> JSON {
    switch form {
    case .empty: return .null
    case .json: return try json(build: true)
    case .form: return try QueryString.parse(bytes: body, charset: contentType?["charset"], limits: limits)
    case .multipart: return try multipart()
    case .text: return .string(try TextDecoding.decode(body, charset: contentType?["charset"]))
    case .bytes: return .string(Data(body).base64EncodedString())
    }
  }

  /// Says what `data()` would refuse, and keeps nothing.
  func check() throws(BodyError) {
    switch form {
    case .empty, .bytes: return
    case .multipart:
      for part in try parts() where !part.isFile { _ = try text(of: part) }
    case .json: _ = try json(build: false)
    case .form, .text: _ = try data()
    }
  }

  func json(build: Bool) throws(BodyError) -> JSON {
    let text = TextDecoding.withoutMark(body)
    do {
      if build { return try JSON.parse(text, limits: limits.json) }
      try JSON.validate(text, limits: limits.json)
      return .null
    } catch {
      var message = error.message
      // Many senders name a charset that their JSON does not use, so it is told only where JSON cannot be read.
      if let charset = contentType?["charset"], !TextDecoding.isUTF8(charset) {
        message += "; its type says \"\(charset)\", and JSON must be UTF-8"
      }
      throw BodyError(Self.kind(of: error), message, at: error.offset + body.count - text.count)
    }
  }

  /// The codec tells its limits apart by their messages alone.
  private static func kind(of error: JSONError) -> BodyError.Kind {
    if error.message.contains("nested more than") { return .tooDeep }
    return error.message.contains("JSON has more than") ? .tooMany : .malformed
  }

  private func parts() throws(BodyError) -> [MultipartPart] {
    try MultipartScanner(body, boundary: contentType?["boundary"], limits: limits).parts()
  }

  private func multipart() throws(BodyError) -> JSON {
    var tree = FormTree()
    for part in try parts() {
      let path = try FormKey.path(part.name, limits: limits, at: part.content.lowerBound)
      tree.insert(try value(of: part), at: path)
    }
    return tree.rootObject
  }

  private func value(of part: MultipartPart) throws(BodyError) -> JSON {
    guard part.isFile else { return .string(try text(of: part)) }
    return [
      "filename": part.filename.map { .string($0) } ?? .null,
      "contentType": .string(part.contentType ?? "application/octet-stream"),
      "size": .int(Int64(part.content.count)),
      "base64": .string(Data(body[part.content]).base64EncodedString()),
    ]
  }

  private func text(of part: MultipartPart) throws(BodyError) -> String {
    let bytes = Array(body[part.content])
    guard let charset = part.contentType.flatMap({ ContentType($0)["charset"] }) else {
      return try TextDecoding.utf8(bytes, at: part.content.lowerBound)
    }
    return try TextDecoding.decode(bytes, charset: charset)
  }
}
