// How the answer to a request becomes a value for the nodes that follow.

import FoundationEssentials
import JSONCodec
import Workflows

enum AnswerFormat: String, CaseIterable, Sendable {
  /// By the answer's content type; what is not what it says becomes text, or base64 when it is no text either.
  case auto
  case json, text
  /// Base64.
  case bytes

  /// An empty body is null for `auto` and `json`. JSON keeps its source bytes. Text is read by its charset; byte order
  /// marks are left out.
  func value(of body: [UInt8], contentType: String?) throws -> JSON {
    let type = ContentType(contentType ?? "")
    switch self {
    case .bytes: return Self.base64(body)
    case .text:
      guard let text = Self.text(body, type) else {
        throw NodeFailure.failed("the answer is not \((type["charset"] ?? "UTF-8").prefix(40)) text")
      }
      return text
    case .json:
      guard !body.isEmpty else { return .null }
      do { return try Self.json(body, type) } catch {
        throw NodeFailure.failed("the answer is not JSON: \(error)")
      }
    case .auto:
      guard !body.isEmpty else { return .null }
      return Self.sniffed(body, type)
    }
  }

  private static func sniffed(_ body: [UInt8], _ type: ContentType) -> JSON {
    let start = TextDecoding.withoutMark(body).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let mayBeJSON = type.type.isEmpty && (start == UInt8(ascii: "{") || start == UInt8(ascii: "["))
    if type.isJSON || mayBeJSON, let json = try? json(body, type) { return json }
    let mayBeText = type.isJSON || type.isText || type.isForm || type.type.isEmpty
    return (mayBeText ? text(body, type) : nil) ?? base64(body)
  }

  /// JSON is UTF-8 (RFC 8259, section 8.1); where it is not, the charset counts.
  private static func json(_ body: [UInt8], _ type: ContentType) throws(JSONError) -> JSON {
    do { return try JSON.parse(TextDecoding.withoutMark(body)) } catch {
      guard let charset = type["charset"], let text = try? TextDecoding.decode(body, charset: charset),
        let json = try? JSON.parse(text)
      else { throw error }
      return json
    }
  }

  /// What is no text of its charset may still be UTF-8.
  private static func text(_ body: [UInt8], _ type: ContentType) -> JSON? {
    let charsets = [type["charset"], nil]
    return charsets.lazy.compactMap { try? TextDecoding.decode(body, charset: $0) }.first.map(JSON.string)
  }

  private static func base64(_ body: [UInt8]) -> JSON {
    .string(Data(body).base64EncodedString())
  }
}
