// How the answer to a request becomes a value for the nodes that follow.

import FoundationEssentials
import JSONCodec

enum AnswerFormat: String, CaseIterable, Sendable {
  /// By the answer's content type; what is not what it says becomes text, or base64 when it is no text either.
  case auto
  case json, text
  /// Base64.
  case bytes

  /// An empty body is null for `auto` and `json`. JSON keeps its source bytes.
  func value(of body: [UInt8], contentType: String?) throws -> JSON {
    switch self {
    case .bytes: return Self.base64(body)
    case .text:
      guard let text = Self.text(body) else { throw NodeFailure.failed("the answer is not UTF-8 text") }
      return text
    case .json:
      guard !body.isEmpty else { return .null }
      do { return try JSON.parse(body) } catch {
        throw NodeFailure.failed("the answer is not JSON: \(error)")
      }
    case .auto:
      guard !body.isEmpty else { return .null }
      return Self.sniffed(body, MediaType(contentType))
    }
  }

  private static func sniffed(_ body: [UInt8], _ type: MediaType) -> JSON {
    switch type {
    case .json: return (try? JSON.parse(body)) ?? text(body) ?? base64(body)
    case .text: return text(body) ?? base64(body)
    case .missing:
      let start = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      let mayBeJSON = start == UInt8(ascii: "{") || start == UInt8(ascii: "[")
      return (mayBeJSON ? try? JSON.parse(body) : nil) ?? text(body) ?? base64(body)
    case .other: return base64(body)
    }
  }

  private static func text(_ body: [UInt8]) -> JSON? {
    String(validating: body, as: UTF8.self).map(JSON.string)
  }

  private static func base64(_ body: [UInt8]) -> JSON {
    .string(Data(body).base64EncodedString())
  }
}

private enum MediaType {
  case json, text, other, missing

  init(_ contentType: String?) {
    let name = contentType?.prefix { $0 != ";" }.lowercased().trimmingBlanks() ?? ""
    if name.isEmpty {
      self = .missing
    } else if name == "application/json" || name == "text/json" || name.hasSuffix("+json") {
      self = .json
    } else if name.hasPrefix("text/") || name.hasSuffix("+xml") || Self.textual.contains(name) {
      self = .text
    } else {
      self = .other
    }
  }

  private static let textual = [
    "application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/x-ndjson",
    "application/yaml", "application/toml", "application/graphql",
  ]
}
