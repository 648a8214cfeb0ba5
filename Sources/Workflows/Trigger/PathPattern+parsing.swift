// Reading a trigger's path, with an answer for each way to get it wrong.

package struct PathPatternError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  /// In Unicode scalars from the beginning of the path.
  package let offset: Int

  package var description: String { message }
}

extension PathPattern {
  package init(parsing text: String) throws(PathPatternError) {
    guard text.hasPrefix("/") else {
      throw PathPatternError(message: "a path begins with \"/\"", offset: 0)
    }
    if let bad = text.unicodeScalars.firstIndex(where: { $0 == "?" || $0 == "#" || $0.properties.isWhitespace }) {
      throw PathPatternError(
        message: "a path holds no \"?\", \"#\" or blanks",
        offset: text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: bad))
    }
    var parts = text.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    var segments: [Segment] = []
    var offset = 1
    for (index, part) in parts.enumerated() {
      let segment = try Self.segment(String(String.UnicodeScalarView(part)), at: offset)
      if case .rest = segment, index < parts.count - 1 {
        throw PathPatternError(message: "\"*\" takes the rest of the path and must come last", offset: offset)
      }
      segments.append(segment)
      offset += part.count + 1
    }
    self.init(segments: segments, text: text)
    if case .literal(let first) = segments.first, first == "api" || first == "-" {
      throw PathPatternError(message: "paths under /\(first)/ belong to Millrace itself; choose another", offset: 0)
    }
    var names = Set<String>()
    if let twice = parameterNames.first(where: { !names.insert($0).inserted }) {
      throw PathPatternError(message: "the parameter \"\(twice)\" stands twice in this path", offset: 0)
    }
  }

  private static func segment(_ part: String, at offset: Int) throws(PathPatternError) -> Segment {
    switch part.first {
    case nil: throw PathPatternError(message: "two slashes follow each other in this path", offset: offset)
    case ":": return .parameter(try name(part, at: offset))
    case "*": return .rest(try name(part, at: offset))
    default: break
    }
    guard part != ".", part != ".." else {
      throw PathPatternError(message: "\"\(part)\" cannot stand in a path", offset: offset)
    }
    guard !part.contains("{"), !part.contains("*") else {
      throw PathPatternError(
        message: "\"\(part)\" is no segment: write :name for a parameter, and *name for the rest, as whole segments",
        offset: offset)
    }
    guard let literal = PercentCoding.decode(part.utf8[...]) else {
      throw PathPatternError(message: "\"\(part)\" has a broken percent encoding", offset: offset)
    }
    return .literal(literal)
  }

  private static func name(_ part: String, at offset: Int) throws(PathPatternError) -> String {
    let name = part.utf8.dropFirst()
    let isWord = name.allSatisfy { byte in
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (48...57).contains(byte)
        || (65...90).contains(byte & 0xDF)
    }
    guard isWord, let first = name.first, !(48...57).contains(first), name.count <= 64 else {
      throw PathPatternError(
        message: "\"\(part)\" needs a name of letters, digits, \"_\" and \"-\" that begins with a letter",
        offset: offset)
    }
    return String(decoding: Array(name), as: UTF8.self)
  }
}
