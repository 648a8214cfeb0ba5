// Values as they are compared: by what they mean, not by how they are written.

import JSONCodec

/// Members in any order, numbers by their digits, texts by their bytes; of a repeated key the last value counts.
enum ExactValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(ExactNumber)
  case text([UInt8])
  case array([ExactValue])
  case object([[UInt8]: ExactValue])

  init(_ tokens: JSONTokens, at place: Int) {
    switch tokens.kind(at: place) {
    case .null: self = .null
    case .bool: self = .bool(tokens.bytes[tokens.range(at: place).lowerBound] == UInt8(ascii: "t"))
    case .number: self = .number(ExactNumber(tokens.bytes.span.extracting(tokens.range(at: place))))
    case .string: self = .text(tokens.text(at: place))
    case .array:
      self = .array(tokens.children(of: place).map { ExactValue(tokens, at: $0) })
    case .object:
      var members: [[UInt8]: ExactValue] = [:]
      for key in tokens.children(of: place) { members[tokens.text(at: key)] = ExactValue(tokens, at: key + 1) }
      self = .object(members)
    }
  }
}
