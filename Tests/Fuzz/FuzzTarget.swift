// What can be fuzzed: code that strangers' bytes reach, and what must hold whatever they are.

struct FuzzTarget: Sendable {
  let name: String
  /// Small inputs to begin with. The separator is U+001E.
  let seeds: [String]
  /// What is demanded and does not hold is a finding, as is a trap.
  let run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] = [
    json, form, multipart, query, text, body, envelope, template, path, workflow, schema, jsonpath, jmespath, provider,
    http, xforwarded,
  ]
}

/// `precondition`, with its message in release builds, too.
func demand(_ holds: Bool, _ message: @autoclosure () -> String) {
  if !holds { fatalError(message()) }
}

extension [UInt8] {
  /// The parts between separators, `count` at most: the last one has the rest.
  func parts(_ count: Int) -> [[UInt8]] {
    let parts = split(separator: 0x1E, maxSplits: count - 1, omittingEmptySubsequences: false).map { Array($0) }
    return parts + [[UInt8]](repeating: [], count: count - parts.count)
  }

  /// Broken UTF-8 is repaired.
  var text: String { String(decoding: self, as: UTF8.self) }
}
