// `unevaluatedProperties` and `unevaluatedItems` ask what the schemas beside them have looked at. A note is taken of it
// only where one of them stands.

import JSONCodec

struct Evaluation {
  /// The value that is asked about.
  let place: Int
  let containsEvaluates: Bool
  /// Keys and elements.
  var children: Set<Int> = []

  init(place: Int, containsEvaluates: Bool) {
    (self.place, self.containsEvaluates) = (place, containsEvaluates)
  }

  mutating func formUnion(_ other: Evaluation) {
    children.formUnion(other.children)
  }
}

extension [Evaluation] {
  /// Does nothing unless the innermost one is about this value.
  mutating func forLast(of place: Int, _ body: (inout Evaluation) -> Void) {
    guard !isEmpty, self[count - 1].place == place else { return }
    body(&self[count - 1])
  }
}

extension Validation {
  mutating func checkUnevaluated(
    _ rules: UnevaluatedRules, _ node: SchemaNode, _ place: Int
  ) throws(Stop) -> Bool {
    let isObject = tokens.kind(at: place) == .object
    guard let schema = isObject ? rules.properties : rules.items else { return true }
    guard isObject || tokens.kind(at: place) == .array else { return true }
    let keyword = isObject ? "unevaluatedProperties" : "unevaluatedItems"
    try spend(listing: place)
    var isValid = true
    for child in tokens.children(of: place) where evaluations.last?.children.contains(child) != true {
      try spend()
      let value = isObject ? child + 1 : child
      if nodes[schema].rules.isNever {
        isValid = try fail(node, keyword, value) { _ in "is not allowed: no schema knows it" }
      } else {
        isValid = try check(schema, value) && isValid
      }
      if !isValid, attempts > 0 { return false }
      evaluations.forLast(of: place) { $0.children.insert(child) }
    }
    return isValid
  }
}
