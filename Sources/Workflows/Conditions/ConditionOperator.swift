// The operators of conditions, under the names and the symbols that users write.

package enum ConditionOperator: String, Sendable, CaseIterable {
  case equal, notEqual, gt, gte, lt, lte
  case includes, notIncludes, startsWith, notStartsWith, endsWith, notEndsWith
  case exists, notExists, empty, notEmpty
  case matches
  case isIn = "in"
  case notIn

  static let symbols: [(symbol: String, meaning: ConditionOperator)] = [
    ("==", .equal), ("!=", .notEqual), (">", .gt), (">=", .gte), ("<", .lt), ("<=", .lte),
  ]

  static var allNames: [String] { allCases.map(\.rawValue) + symbols.map(\.symbol) }

  package init?(name: String) {
    guard let found = Self(rawValue: name) ?? Self.symbols.first(where: { $0.symbol == name })?.meaning else {
      return nil
    }
    self = found
  }

  /// True for the operators that look at the left side alone.
  package var isUnary: Bool {
    switch self {
    case .exists, .notExists, .empty, .notEmpty: true
    default: false
    }
  }
}
