// Counts what an evaluation costs, so that no query runs for long: each operation of a query is a step, and what it
// costs beyond that is paid for where it looks into the document.

import JSONCodec

struct WorkBudget {
  /// Bytes of text that are read or written in the time of a step.
  private static let bytesPerStep = 32
  /// Bytes of an object whose keys are looked through in the time of a step: values are skipped.
  private static let skippedBytesPerStep = 4096
  private static let skippedElementsPerStep = 256
  /// Bytes times instructions. Most matching is a hundred times as fast, but a pattern can be made not to be.
  private static let matchingPerStep = 200

  private var remaining = QueryLimits.steps

  mutating func spend(_ steps: Int = 1) throws(QueryError) {
    remaining -= steps
    guard remaining >= 0 else {
      throw QueryError(
        kind: .limit, message: "the query takes more than \(QueryLimits.steps) steps through this document")
    }
  }

  /// Pays for reading or writing a text.
  mutating func spend(bytes: Int) throws(QueryError) {
    try spend(bytes / Self.bytesPerStep)
  }

  /// Pays for matching: each instruction may look at each byte.
  mutating func spend(matching text: String, with expression: RegularExpression) throws(QueryError) {
    try spend(text.utf8.count * expression.size / Self.matchingPerStep)
  }

  /// Pays for reading a value's bytes.
  mutating func read(_ value: JSON) throws(QueryError) {
    try spend(bytes: value.byteCount)
  }

  mutating func string(_ value: JSON) throws(QueryError) -> String? {
    guard value.kind == .string else { return nil }
    try read(value)
    return value.stringValue
  }

  /// Code points of a string, elements, members; nil for anything else.
  mutating func length(of value: JSON) throws(QueryError) -> Int? {
    switch value.kind {
    case .string: try string(value)?.unicodeScalars.count
    case .array: value.count
    case .object: try members(of: value).count
    case .null, .bool, .number: nil
    }
  }

  mutating func member(_ key: String, of value: JSON) throws(QueryError) -> JSON? {
    guard value.kind == .object else { return nil }
    try spend(value.byteCount / Self.skippedBytesPerStep)
    return value[key]
  }

  /// A negative position counts from the end.
  mutating func element(_ position: Int, of value: JSON) throws(QueryError) -> JSON? {
    guard value.kind == .array else { return nil }
    let index = position < 0 ? position + value.count : position
    guard (0..<value.count).contains(index) else { return nil }
    try spend(index / Self.skippedElementsPerStep)
    return value[index]
  }

  mutating func elements(_ slice: Slice, of value: JSON) throws(QueryError) -> [JSON] {
    guard value.kind == .array else { return [] }
    let elements = try children(of: value)
    return slice.positions(in: elements.count).map { elements[$0] }
  }

  /// An object's members, none of anything else.
  mutating func members(of value: JSON) throws(QueryError) -> [(key: String, value: JSON)] {
    guard value.kind == .object else { return [] }
    let members = value.members
    try spend(members.count + value.byteCount / Self.skippedBytesPerStep)
    return members
  }

  /// The elements of an array, the values of an object's members, none of anything else.
  mutating func children(of value: JSON) throws(QueryError) -> [JSON] {
    guard value.kind == .array else { return try members(of: value).map(\.value) }
    try spend(value.count)
    return value.elements
  }

  /// Pays for writing an answer. Parts that occur twice in it count twice, as they will be written twice: a short query
  /// can make a small value whose text has no end.
  mutating func measure(_ values: [JSON]) throws(QueryError) {
    try spend(values.count)
    var waiting = values.map { (value: $0, depth: 1) }
    while let (value, depth) = waiting.popLast() {
      try read(value)
      guard depth <= QueryLimits.answerNesting else {
        throw QueryError(
          kind: .limit, message: "the query's answer is nested more than \(QueryLimits.answerNesting) levels deep")
      }
      switch value {
      case .array(let elements):
        try spend(elements.count)
        waiting += elements.map { ($0, depth + 1) }
      case .object(let object):
        try spend(object.count)
        for (key, value) in object.members {
          try spend(bytes: key.utf8.count)
          waiting.append((value, depth + 1))
        }
      default: break
      }
    }
  }
}

extension JSON {
  /// What its own text takes, without what an array or object made of values has in it.
  fileprivate var byteCount: Int {
    switch self {
    case .string(let text), .number(let text): text.utf8.count
    case .source(let slice): slice.source.count
    default: 0
    }
  }
}
