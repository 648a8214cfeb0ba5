// Where a key stands twice in one mapping. Yams names such keys and the place of only one, the first time that it stands
// there, so the text is searched for them: the lines of a block mapping, or what stands between the braces.

struct RepeatedKeys {
  let source: SourceText
  /// Of a key of the mapping.
  let known: SourcePosition

  /// All places of a key in the mapping, in order; none when the text is too unusual to tell.
  func places(of key: String) -> [SourcePosition] {
    let wanted = Array(key.unicodeScalars)
    let inLines = blockKeys.filter { stands(wanted, at: $0) }
    return inLines.count > 1 ? inLines : flowKeys.filter { stands(wanted, at: $0) }
  }

  private func stands(_ key: [Unicode.Scalar], at position: SourcePosition) -> Bool {
    var rest = source.line(position.line).dropFirst(position.column - 1)
    if let quote = rest.first, quote == "\"" || quote == "'" { rest = rest.dropFirst() }
    guard rest.starts(with: key) else { return false }
    return rest.dropFirst(key.count).drop { $0 == "\"" || $0 == "'" || $0 == " " }.first == ":"
  }

  // MARK: one key a line

  private var blockKeys: [SourcePosition] {
    var lines: [Int] = []
    for number in stride(from: known.line, to: 0, by: -1) {
      guard let beginning = beginning(of: number) else { break }
      if beginning.column == known.column { lines.append(number) }
      if beginning.isEntry { break }
    }
    lines.reverse()
    for number in stride(from: known.line + 1, through: source.lineCount, by: 1) {
      guard let beginning = beginning(of: number), !beginning.isEntry else { break }
      if beginning.column == known.column { lines.append(number) }
    }
    return lines.map { SourcePosition(line: $0, column: known.column) }
  }

  /// Where the line's text begins, behind dashes of a list if it is an entry of one that is further out; nil when the
  /// mapping ends before it.
  private func beginning(of number: Int) -> (column: Int, isEntry: Bool)? {
    let line = source.line(number)
    guard let start = line.firstIndex(where: { $0 != " " }), line[start] != "#" else { return (.max, false) }
    guard start < known.column - 1 else { return (start + 1, false) }
    let text = line[start...].firstIndex { $0 != " " && $0 != "-" }
    return text == known.column - 1 ? (known.column, true) : nil
  }

  // MARK: between braces

  private var flowKeys: [SourcePosition] {
    let text = (1...source.lineCount).flatMap { number in
      source.line(number).enumerated().map { (scalar: $1, place: SourcePosition(line: number, column: $0 + 1)) }
    }
    guard let middle = text.firstIndex(where: { $0.place == known }) else { return [] }
    var depth = 0
    var index = middle
    while index > 0, depth >= 0 {
      index -= 1
      depth += Self.nesting(text[index].scalar, opening: -1)
    }
    guard depth < 0 else { return [] }
    var keys: [SourcePosition] = []
    var isAwaited = true
    (depth, index) = (0, index + 1)
    while index < text.count, depth >= 0 {
      let (scalar, place) = text[index]
      if isAwaited, scalar != " " {
        keys.append(place)
        isAwaited = false
      }
      if scalar == "\"" || scalar == "'" {
        repeat { index += text[index].scalar == "\\" ? 2 : 1 } while index < text.count && text[index].scalar != scalar
      }
      if depth == 0, scalar == "," { isAwaited = true }
      depth += Self.nesting(scalar, opening: 1)
      index += 1
    }
    return keys
  }

  private static func nesting(_ scalar: Unicode.Scalar, opening: Int) -> Int {
    switch scalar {
    case "{", "[": opening
    case "}", "]": -opening
    default: 0
    }
  }
}
