// Reads a JSONPath by the grammar of RFC 9535: queries, segments and selectors here, filters in the extensions.

import JSONCodec

struct JSONPathParser {
  var text: TextCursor
  var nesting = Nesting()
  private var absoluteQueries = 0

  init(_ text: String) throws(QuerySyntaxError) {
    self.text = try TextCursor(text)
  }

  mutating func parse() throws(QuerySyntaxError) -> JSONPath.Query {
    guard text.current == "$" else { throw text.unexpected("\"$\", with which every JSONPath begins") }
    let query = try query()
    guard text.isAtEnd else { throw text.unexpected("\".\", \"..\" or \"[\"") }
    return query
  }

  /// Begins at its `$` or `@` and ends before any white space that follows.
  mutating func query() throws(QuerySyntaxError) -> JSONPath.Query {
    var start = JSONPath.Query.Start.current
    if text.current == "$" {
      start = .document(absoluteQueries)
      absoluteQueries += 1
    }
    text.index += 1
    var segments: [JSONPath.Segment] = []
    while let segment = try segment() { segments.append(segment) }
    return JSONPath.Query(start: start, segments: segments)
  }

  private mutating func segment() throws(QuerySyntaxError) -> JSONPath.Segment? {
    let start = text.index
    text.skipBlanks()
    if text.skip("..") {
      let selectors = text.current == "[" ? try brackets() : [try shorthand("a name, \"*\" or \"[\" after \"..\"")]
      return JSONPath.Segment(selectors: selectors, isDescendant: true)
    }
    if text.skip(".") {
      let selector = try shorthand("a name or \"*\" after \".\"")
      return JSONPath.Segment(selectors: [selector], isDescendant: false)
    }
    if text.current == "[" { return JSONPath.Segment(selectors: try brackets(), isDescendant: false) }
    text.index = start
    return nil
  }

  /// `*` or a name without quotes.
  private mutating func shorthand(_ expectation: String) throws(QuerySyntaxError) -> JSONPath.Selector {
    if text.skip("*") { return .wildcard }
    guard let first = text.current, Self.isNamePart(first), !first.isDigit else {
      throw text.unexpected("\(expectation) (names with other characters are written [\"odd name\"])")
    }
    return .name(text.take(while: Self.isNamePart))
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isLetter || scalar.isDigit || scalar.value >= 0x80
  }

  private mutating func brackets() throws(QuerySyntaxError) -> [JSONPath.Selector] {
    text.index += 1
    var selectors: [JSONPath.Selector] = []
    repeat {
      text.skipBlanks()
      selectors.append(try selector())
      text.skipBlanks()
    } while text.skip(",")
    guard text.skip("]") else { throw text.unexpected("\",\" or \"]\"") }
    return selectors
  }

  private mutating func selector() throws(QuerySyntaxError) -> JSONPath.Selector {
    switch text.current {
    case "\"", "'": return .name(try quotedText())
    case "-", ":": return try indexOrSlice()
    case let first? where first.isDigit: return try indexOrSlice()
    default: break
    }
    if text.skip("*") { return .wildcard }
    if text.skip("?") {
      text.skipBlanks()
      return .filter(try condition())
    }
    throw text.unexpected("a name in quotes, an index, a slice, \"*\" or a filter such as ?@.id == 1")
  }

  private mutating func indexOrSlice() throws(QuerySyntaxError) -> JSONPath.Selector {
    let first = try wholeNumber()
    text.skipBlanks()
    if let first, text.current != ":" { return .index(first) }
    text.index += 1
    var slice = Slice(start: first)
    text.skipBlanks()
    slice.end = try wholeNumber()
    text.skipBlanks()
    if text.skip(":") {
      text.skipBlanks()
      slice.step = try wholeNumber() ?? 1
    }
    return .slice(slice)
  }

  private mutating func wholeNumber() throws(QuerySyntaxError) -> Int? {
    let start = text.index
    let isNegative = text.skip("-")
    let digits = text.take(while: \.isDigit)
    guard let first = digits.first else {
      if isNegative { throw text.unexpected("a digit after \"-\"") }
      return nil
    }
    guard first != "0" || (digits == "0" && !isNegative) else {
      throw text.error("whole numbers are written without leading zeros, and zero without a sign", at: start)
    }
    guard let number = Int(text.text(from: start)), QueryLimits.wholeNumbers.contains(number) else {
      let (least, greatest) = (QueryLimits.wholeNumbers.lowerBound, QueryLimits.wholeNumbers.upperBound)
      throw text.error("indices reach from \(least) to \(greatest)", at: start)
    }
    return number
  }
}
