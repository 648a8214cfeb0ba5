// What a JSONPath is made of, with all types checked.

import JSONCodec

extension JSONPath {
  struct Query: Sendable {
    enum Start: Sendable {
      /// `$`, numbered for each query of an expression.
      case document(Int)
      /// `@`
      case current
    }

    let start: Start
    let segments: [Segment]

    /// Whether it finds one value at most, however the document looks.
    var isSingular: Bool { segments.allSatisfy(\.isSingular) }
  }

  struct Segment: Sendable {
    let selectors: [Selector]
    /// `..`
    let isDescendant: Bool

    var isSingular: Bool { !isDescendant && selectors.count == 1 && selectors[0].isSingular }
  }

  enum Selector: Sendable {
    case name(String)
    case wildcard
    case index(Int)
    case slice(Slice)
    case filter(Condition)

    var isSingular: Bool {
      switch self {
      case .name, .index: true
      case .wildcard, .slice, .filter: false
      }
    }
  }

  indirect enum Condition: Sendable {
    case any([Condition])
    case all([Condition])
    case not(Condition)
    case exists(Query)
    case comparison(Value, ComparisonOperator, Value)
    case match(Match)
  }

  /// What can be compared and given to functions; it may be nothing.
  indirect enum Value: Sendable {
    case literal(JSON)
    /// A query that is compared, or value(): what it finds, if that is one.
    case only(Query)
    case length(Value)
    case count(Query)
  }

  /// match() or search().
  struct Match: Sendable {
    enum Pattern: Sendable {
      case literal(RegularExpression)
      case computed(Value)
    }

    let subject: Value
    let pattern: Pattern
    /// match() takes the whole text, search() a part of it.
    let isWhole: Bool
  }

  enum Function: String, Sendable, CaseIterable {
    case length, count, match, search, value

    var parameterCount: Int {
      switch self {
      case .length, .count, .value: 1
      case .match, .search: 2
      }
    }
  }
}
