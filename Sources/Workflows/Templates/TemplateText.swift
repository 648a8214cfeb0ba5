// One string with placeholders, compiled: literal pieces and references in turn.

package import JSONCodec

/// `{{path}}` or `{{path:default}}`.
struct Placeholder: Sendable {
  let reference: Reference
  let fallback: JSON?

  /// The default stands in for what is missing and for null.
  func value(in scope: any VariableScope) throws(TemplateError) -> JSON? {
    let value = try reference.value(in: scope)
    guard let fallback else { return value }
    return value?.isNull ?? true ? fallback : value
  }
}

enum TextPiece: Sendable {
  case literal(String)
  case placeholder(Placeholder)
}

struct TemplateText: Sendable {
  let pieces: [TextPiece]

  /// The one placeholder that is the whole string, whose value keeps its type.
  var sole: Placeholder? {
    guard pieces.count == 1, case .placeholder(let placeholder) = pieces[0] else { return nil }
    return placeholder
  }

  /// The text, if there is no placeholder in it.
  var literal: String? {
    if pieces.isEmpty { return "" }
    guard pieces.count == 1, case .literal(let text) = pieces[0] else { return nil }
    return text
  }

  func text(in scope: any VariableScope) throws(TemplateError) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .literal(let text): result += text
      case .placeholder(let placeholder): result += try placeholder.value(in: scope)?.templateText ?? ""
      }
    }
    return result
  }
}

extension JSON {
  /// How a value is written inside text: null as nothing, strings as they are, others as compact JSON.
  package var templateText: String {
    switch kind {
    case .null: ""
    case .string: stringValue ?? ""
    default: text
    }
  }
}
