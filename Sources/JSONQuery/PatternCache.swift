// Patterns that a query finds in the document are compiled when they are used; most documents use one again and again.

struct PatternCache {
  private static let capacity = 16

  /// By the bytes of their texts, for which String's own equality is too generous; nil for what is no pattern.
  private var expressions: [[UInt8]: RegularExpression?] = [:]

  mutating func expression(_ text: String, paidFrom budget: inout WorkBudget) throws(QueryError) -> RegularExpression? {
    let key = Array(text.utf8)
    if let known = expressions[key] { return known }
    let expression = try? RegularExpression(text)
    // Compiling takes as long as there is to read and to write.
    try budget.spend(key.count + (expression?.size ?? 0))
    if expressions.count == Self.capacity { expressions.removeAll() }
    expressions[key] = .some(expression)
    return expression
  }
}
