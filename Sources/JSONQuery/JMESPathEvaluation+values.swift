// What the functions of JMESPath do with texts, arrays and objects. Texts are compared by code points, never by the
// characters that people see.

import JSONCodec

extension JMESPathEvaluation {
  mutating func bytes(_ text: JSON) throws(QueryError) -> [UInt8] {
    Array(try budget.string(text)?.utf8 ?? "".utf8)
  }

  mutating func contains(_ whole: JSON, _ part: JSON) throws(QueryError) -> Bool {
    guard whole.kind == .array else {
      return part.kind == .string ? try bytes(whole).contains(part: try bytes(part)) : false
    }
    for element in try budget.children(of: whole) where try budget.areEqual(element, part) { return true }
    return false
  }

  mutating func join(_ strings: JSON, with glue: JSON) throws(QueryError) -> String {
    let glue = try budget.string(glue) ?? ""
    var texts: [String] = []
    for string in try budget.children(of: strings) {
      try budget.spend(bytes: glue.utf8.count)
      texts.append(try budget.string(string) ?? "")
    }
    return texts.joined(separator: glue)
  }

  mutating func reversed(_ value: JSON) throws(QueryError) -> JSON {
    guard let text = try budget.string(value) else { return .array(try budget.children(of: value).reversed()) }
    return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
  }

  mutating func merge(_ objects: [JSON]) throws(QueryError) -> JSON {
    var merged = JSONObject()
    for object in objects {
      for (key, value) in try budget.members(of: object) { merged[key] = value }
    }
    return .object(merged)
  }

  /// A string as it is, everything else as compact JSON.
  mutating func text(_ value: JSON) throws(QueryError) -> String {
    if let text = try budget.string(value) { return text }
    try budget.measure([value])
    return value.text
  }

  mutating func sorted(_ array: JSON, for call: JMESPath.Call) throws(QueryError) -> [JSON] {
    try ranked(array, for: call).sorted { $0.rank.precedes($1.rank) == true }.map(\.value)
  }

  /// The first of the least or the greatest.
  mutating func extreme(of array: JSON, for call: JMESPath.Call) throws(QueryError) -> JSON {
    let isGreatest = call.function == .max || call.function == .maxBy
    let ranked = try ranked(array, for: call)
    guard var best = ranked.first else { return .null }
    for next in ranked {
      let isBetter = isGreatest ? best.rank.precedes(next.rank) : next.rank.precedes(best.rank)
      if isBetter == true { best = next }
    }
    return best.value
  }

  /// Elements with what they are sorted by: themselves, or what the call's expression makes of them.
  private mutating func ranked(
    _ array: JSON, for call: JMESPath.Call
  ) throws(QueryError) -> [(value: JSON, rank: JSON)] {
    let expression = call.arguments.count > 1 ? call.arguments[1] : .current
    let elements = try budget.children(of: array)
    var ranked: [(value: JSON, rank: JSON)] = []
    for (element, rank) in zip(elements, try values(of: array, by: expression)) {
      try budget.read(rank)
      guard rank.kind == .number || rank.kind == .string, rank.kind == ranked.first?.rank.kind ?? rank.kind else {
        throw call.error(expected: "only numbers or only strings", found: rank)
      }
      ranked.append((element, rank.resolved))
    }
    return ranked
  }
}

extension [UInt8] {
  /// The search of Knuth, Morris and Pratt, which looks at no byte of the whole twice.
  func contains(part: [UInt8]) -> Bool {
    guard !part.isEmpty else { return true }
    // How much of the part still stands when the byte after its first n does not fit.
    var fallbacks = [0]
    var matched = 0
    func extended(_ byte: UInt8) -> Int {
      var length = matched
      while length > 0, part[length] != byte { length = fallbacks[length - 1] }
      return part[length] == byte ? length + 1 : 0
    }
    for byte in part.dropFirst() {
      matched = extended(byte)
      fallbacks.append(matched)
    }
    matched = 0
    for byte in self {
      matched = extended(byte)
      if matched == part.count { return true }
    }
    return false
  }
}
