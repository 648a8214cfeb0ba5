// Finds the placeholders of one string. `\{{` is a literal `{{`; any other `{{` must open a placeholder.

import JSONCodec

struct TemplateTextParser {
  private let text: [Unicode.Scalar]
  private var index = 0
  private var pieces: [TextPiece] = []
  private var literal = String.UnicodeScalarView()
  /// The references with the offsets of their `$`.
  private(set) var references: [(reference: Reference, offset: Int)] = []
  /// One for each wrong placeholder.
  private(set) var problems: [TemplateSyntaxError] = []

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
  }

  mutating func parse() -> TemplateText {
    while index < text.count {
      if text[index] == "\\", isOpening(at: index + 1) {
        literal.append(contentsOf: text[index + 1...index + 2])
        index += 3
      } else if isOpening(at: index), !(isOpening(at: index + 1)) {
        do { try placeholder() } catch {
          problems.append(error)
          index = closing(from: index).map { $0 + 2 } ?? text.count
        }
      } else {
        literal.append(text[index])
        index += 1
      }
    }
    flush()
    return TemplateText(pieces: pieces)
  }

  private func isOpening(at position: Int) -> Bool {
    position + 1 < text.count && text[position] == "{" && text[position + 1] == "{"
  }

  private func isClosing(at position: Int) -> Bool {
    position + 1 < text.count && text[position] == "}" && text[position + 1] == "}"
  }

  private mutating func flush() {
    guard !literal.isEmpty else { return }
    pieces.append(.literal(String(literal)))
    literal = String.UnicodeScalarView()
  }

  private mutating func skipSpaces() {
    while index < text.count, text[index].properties.isWhitespace { index += 1 }
  }

  private mutating func placeholder() throws(TemplateSyntaxError) {
    let opening = index
    index += 2
    skipSpaces()
    guard index < text.count else { throw unterminated(opening) }
    guard !isClosing(at: index) else {
      throw TemplateSyntaxError(
        message: "this placeholder is empty; write a path such as {{$context.data.id}}", offset: opening)
    }
    guard text[index] == "$" else { throw foreign(opening) }
    let start = index
    var parser = ReferenceParser(text: text, index: index)
    let reference = try parser.reference()
    index = parser.index
    skipSpaces()
    var fallback: JSON?
    if index < text.count, text[index] == ":" {
      index += 1
      fallback = try self.fallback(opening)
    }
    guard isClosing(at: index) else {
      guard index < text.count, closing(from: index) != nil else { throw unterminated(opening) }
      throw TemplateSyntaxError(
        message: "\"\(text[index])\" cannot stand in a path; write [\"odd key\"] for names with such characters",
        offset: index)
    }
    index += 2
    flush()
    pieces.append(.placeholder(Placeholder(reference: reference, fallback: fallback)))
    references.append((reference, start))
  }

  private func closing(from start: Int) -> Int? {
    (start..<text.count).first { isClosing(at: $0) }
  }

  private func unterminated(_ opening: Int) -> TemplateSyntaxError {
    TemplateSyntaxError(
      message: "\"{{\" is not closed with \"}}\"; write \\{{ where two braces are meant as text", offset: opening)
  }

  private func foreign(_ opening: Int) -> TemplateSyntaxError {
    guard let end = closing(from: index) else { return unterminated(opening) }
    let content = String(String.UnicodeScalarView(text[index..<end].prefix(40)))
    return TemplateSyntaxError(
      message: "\"{{\(content)}}\" is no variable; write {{$context.data.…}}, or \\{{ where braces are meant as text",
      offset: opening)
  }
}

extension TemplateTextParser {
  /// Up to the closing braces; a default in quotes may contain them.
  private mutating func fallback(_ opening: Int) throws(TemplateSyntaxError) -> JSON {
    skipSpaces()
    let start = index
    if index < text.count, text[index] == "\"" || text[index] == "'", let end = endOfQuotes(from: index) {
      let quote = text[index]
      let raw = text[index..<end]
      let rest = end
      index = end
      skipSpaces()
      if isClosing(at: index) { return Self.unquoted(Array(raw), quote: quote) }
      index = rest
    }
    guard let end = closing(from: index) else { throw unterminated(opening) }
    index = end
    var raw = text[start..<end]
    while let last = raw.last, last.properties.isWhitespace { raw.removeLast() }
    let value = String(String.UnicodeScalarView(raw))
    guard let parsed = try? JSON.parse(value) else { return .string(value) }
    switch parsed.kind {
    case .number: return CoreSchema.number(value) ?? .number(value)
    case .bool: return .bool(parsed.boolValue ?? false)
    case .null: return .null
    default: return .string(value)
    }
  }

  /// The index behind the closing quote.
  private func endOfQuotes(from start: Int) -> Int? {
    var position = start + 1
    while position < text.count {
      if text[position] == "\\" {
        position += 2
      } else if text[position] == text[start] {
        return position + 1
      } else {
        position += 1
      }
    }
    return nil
  }

  private static func unquoted(_ raw: [Unicode.Scalar], quote: Unicode.Scalar) -> JSON {
    let whole = String(String.UnicodeScalarView(raw))
    if quote == "\"", let parsed = try? JSON.parse(whole), let string = parsed.stringValue { return .string(string) }
    var result = String.UnicodeScalarView()
    var escaped = false
    for scalar in raw.dropFirst().dropLast() {
      if scalar == "\\", !escaped {
        escaped = true
        continue
      }
      if escaped, scalar != quote, scalar != "\\" { result.append("\\") }
      escaped = false
      result.append(scalar)
    }
    return .string(String(result))
  }
}
