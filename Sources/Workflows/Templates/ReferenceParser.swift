// Reads the inside of a placeholder: `$context.data["odd key"][0].name:default`.

import JSONCodec

/// Why a template cannot be read. The offset counts Unicode scalars from the beginning of its string.
package struct TemplateSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package let offset: Int

  package var description: String { message }
}

struct ReferenceParser {
  let text: [Unicode.Scalar]
  var index: Int

  /// Starts at the `$` and stops behind the path.
  mutating func reference() throws(TemplateSyntaxError) -> Reference {
    let start = index
    index += 1
    let rootName = name()
    var segments: [(name: String, offset: Int)] = []
    while let segment = try segment() { segments.append(segment) }
    let root = try Self.root(named: rootName, at: start, segments: segments)
    var path = segments.dropFirst().map { PathSegment($0.name) }
    // Header names are kept in lower case, and mean the same in any.
    if root == .context("headers"), let name = path.first?.name { path[0] = PathSegment(name.lowercased()) }
    return Reference(
      root: root, path: path,
      text: String(String.UnicodeScalarView(text[start..<index])))
  }

  private var current: Unicode.Scalar? { index < text.count ? text[index] : nil }

  private mutating func name() -> String {
    let start = index
    while let scalar = current, Self.isPlain(scalar) { index += 1 }
    return String(String.UnicodeScalarView(text[start..<index]))
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "[", "]", ":", "{", "}", "\"", "'", "(", ")", "|", ",": false
    default: !scalar.properties.isWhitespace && scalar.value >= 0x20
    }
  }

  private mutating func segment() throws(TemplateSyntaxError) -> (name: String, offset: Int)? {
    let start = index
    switch current {
    case ".":
      index += 1
      let name = name()
      guard !name.isEmpty else {
        throw TemplateSyntaxError(message: "a name is missing after the dot in this path", offset: start)
      }
      return (name, start + 1)
    case "[":
      index += 1
      return (try bracket(from: start), start + 1)
    default: return nil
    }
  }

  private mutating func bracket(from start: Int) throws(TemplateSyntaxError) -> String {
    let name: String
    if let quote = current, quote == "\"" || quote == "'" {
      name = try quoted(quote)
    } else {
      name = self.name()
      guard PathSegment(name).index != nil else {
        let isNumber = !name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) }
        throw TemplateSyntaxError(
          message: isNumber
            ? "no list has so many elements; a key in brackets stands in quotes: [\"\(name)\"]"
            : "brackets hold a number or a quoted key: [0] or [\"odd key\"]", offset: start)
      }
    }
    guard current == "]" else {
      throw TemplateSyntaxError(message: "this bracket is not closed with \"]\"", offset: start)
    }
    index += 1
    return name
  }

  private mutating func quoted(_ quote: Unicode.Scalar) throws(TemplateSyntaxError) -> String {
    let start = index
    index += 1
    var result = String.UnicodeScalarView()
    while let scalar = current, scalar != quote {
      if scalar == "\\", index + 1 < text.count, text[index + 1] == quote || text[index + 1] == "\\" { index += 1 }
      result.append(text[index])
      index += 1
    }
    guard current == quote else {
      throw TemplateSyntaxError(message: "this quoted key is not closed with \(quote)", offset: start)
    }
    index += 1
    return String(result)
  }
}

extension ReferenceParser {
  static let rootNames = ["context", "nodes", "scopes", "system", "env", "vars", "jobsMapByNodeKey"]

  private static func root(
    named name: String, at offset: Int, segments: [(name: String, offset: Int)]
  ) throws(TemplateSyntaxError) -> VariableRoot {
    guard rootNames.contains(name) else {
      let suggestion = Suggestion.nearest(to: name, among: rootNames).map { " (did you mean \"$\($0)\"?)" }
      throw TemplateSyntaxError(
        message: "there is no variable \"$\(name)\""
          + (suggestion ?? "; there are $context, $nodes, $vars, $env, $system and $scopes"), offset: offset)
    }
    guard let first = segments.first else {
      throw TemplateSyntaxError(message: "\"$\(name)\" needs a name after it: \(example(of: name))", offset: offset)
    }
    switch name {
    case "context":
      let field = first.name == "body" ? "data" : first.name
      return .context(try known(field, of: VariableRoot.contextFields + ["body"], in: "$context", at: first.offset))
    case "system":
      return .system(try known(first.name, of: VariableRoot.systemNames, in: "$system", at: first.offset))
    case "env": return .environment(try environment(segments))
    case "scopes": return .scope(first.name)
    case "vars": return .variable(first.name)
    default: return .node(first.name)
    }
  }

  private static func known(
    _ name: String, of names: [String], in root: String, at offset: Int
  ) throws(TemplateSyntaxError) -> String {
    if names.contains(name) { return name }
    let suggestion = Suggestion.text(for: name, among: names)
    let hint = suggestion.isEmpty ? "; it has \(names.joined(separator: ", "))" : suggestion
    throw TemplateSyntaxError(message: "\(root) has no \"\(name)\"\(hint)", offset: offset)
  }

  private static func environment(
    _ segments: [(name: String, offset: Int)]
  ) throws(TemplateSyntaxError) -> String {
    let name = segments[0].name
    let isName = name.utf8.allSatisfy { $0 == 95 || (48...57).contains($0) || (65...90).contains($0 & 0xDF) }
    guard isName, !name.utf8.isEmpty else {
      throw TemplateSyntaxError(
        message: "\"\(name)\" cannot be the name of an environment variable", offset: segments[0].offset)
    }
    guard segments.count == 1 else {
      throw TemplateSyntaxError(message: "$env.\(name) is text; it has no parts", offset: segments[1].offset)
    }
    return name
  }

  private static func example(of root: String) -> String {
    switch root {
    case "context": "$context.data"
    case "system": "$system.now"
    case "env": "$env.NAME"
    case "vars": "$vars.name"
    case "scopes": "$scopes.<loop key>.item"
    default: "$\(root).<node key>"
    }
  }
}
