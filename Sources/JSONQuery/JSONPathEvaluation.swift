// Answers a JSONPath query for one document.

import JSONCodec

struct JSONPathEvaluation {
  private let document: JSON
  var budget = WorkBudget()
  var patterns = PatternCache()
  /// What queries that begin at the document have found: filters ask them for every value.
  private var found: [Int: [JSON]] = [:]

  init(document: JSON) {
    self.document = document
  }

  mutating func answer(to query: JSONPath.Query) throws(QueryError) -> [JSON] {
    let nodes = try nodes(query, at: document)
    try budget.measure(nodes)
    return nodes
  }

  mutating func nodes(_ query: JSONPath.Query, at current: JSON) throws(QueryError) -> [JSON] {
    guard case .document(let number) = query.start else { return try nodes(query.segments, from: current) }
    if let known = found[number] { return known }
    let nodes = try nodes(query.segments, from: document)
    found[number] = nodes
    return nodes
  }

  private mutating func nodes(_ segments: [JSONPath.Segment], from start: JSON) throws(QueryError) -> [JSON] {
    var nodes = [start]
    for segment in segments {
      var next: [JSON] = []
      for node in nodes {
        if segment.isDescendant {
          try select(segment.selectors, inAndBelow: node, into: &next)
        } else {
          try select(segment.selectors, in: node, into: &next)
        }
      }
      nodes = next
    }
    return nodes
  }

  /// Each array and object before those inside it.
  private mutating func select(
    _ selectors: [JSONPath.Selector], inAndBelow node: JSON, into result: inout [JSON]
  ) throws(QueryError) {
    var waiting = [node]
    while let node = waiting.popLast() {
      try select(selectors, in: node, into: &result)
      let containers = try budget.children(of: node).filter { $0.kind == .array || $0.kind == .object }
      waiting += containers.reversed()
    }
  }

  private mutating func select(
    _ selectors: [JSONPath.Selector], in node: JSON, into result: inout [JSON]
  ) throws(QueryError) {
    for selector in selectors {
      try budget.spend()
      switch selector {
      case .name(let name): if let value = try budget.member(name, of: node) { result.append(value) }
      case .index(let index): if let value = try budget.element(index, of: node) { result.append(value) }
      case .wildcard: result += try budget.children(of: node)
      case .slice(let slice): result += try budget.elements(slice, of: node)
      case .filter(let condition):
        for child in try budget.children(of: node) where try holds(condition, for: child) { result.append(child) }
      }
    }
  }

  private mutating func holds(_ condition: JSONPath.Condition, for current: JSON) throws(QueryError) -> Bool {
    try budget.spend()
    switch condition {
    case .any(let conditions):
      for condition in conditions where try holds(condition, for: current) { return true }
      return false
    case .all(let conditions):
      for condition in conditions where try !holds(condition, for: current) { return false }
      return true
    case .not(let condition): return try !holds(condition, for: current)
    case .exists(let query): return try !nodes(query, at: current).isEmpty
    case .comparison(let left, let comparison, let right):
      return try compare(try value(left, at: current), comparison, try value(right, at: current))
    case .match(let match): return try matches(match, for: current)
    }
  }
}
