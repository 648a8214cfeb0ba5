// The functions of JMESPath and what they take.

import JSONCodec

extension JMESPath {
  enum Function: String, Sendable, CaseIterable {
    case abs, avg, ceil, contains, floor, join, keys, length, map, max, merge, min, reverse, sort, sum, type, values
    case endsWith = "ends_with"
    case maxBy = "max_by"
    case minBy = "min_by"
    case notNull = "not_null"
    case sortBy = "sort_by"
    case startsWith = "starts_with"
    case toArray = "to_array"
    case toNumber = "to_number"
    case toString = "to_string"

    var parameters: [Parameter] {
      switch self {
      case .abs, .ceil, .floor: [.number]
      case .avg, .sum: [.numbers]
      case .contains: [.stringOrArray, .any]
      case .endsWith, .startsWith: [.string, .string]
      case .join: [.string, .strings]
      case .keys, .values, .merge: [.object]
      case .length: [.stringOrContainer]
      case .map: [.expression, .array]
      case .max, .min, .sort: [.array]
      case .maxBy, .minBy, .sortBy: [.array, .expression]
      case .notNull, .toArray, .toNumber, .toString, .type: [.any]
      case .reverse: [.stringOrArray]
      }
    }

    /// Whether any number of arguments may follow the first.
    var isVariadic: Bool { self == .merge || self == .notNull }
  }

  enum Parameter: String, Sendable {
    case any = "anything"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"
    case numbers = "an array of numbers"
    case strings = "an array of strings"
    case stringOrArray = "a string or an array"
    case stringOrContainer = "a string, an array or an object"
    case expression = "an expression with \"&\" before it"

    /// Whether a value is one as such; elements are not looked at.
    func accepts(_ kind: JSON.Kind) -> Bool {
      switch self {
      case .any: true
      case .number: kind == .number
      case .string: kind == .string
      case .array, .numbers, .strings: kind == .array
      case .object: kind == .object
      case .stringOrArray: kind == .string || kind == .array
      case .stringOrContainer: kind == .string || kind == .array || kind == .object
      case .expression: false
      }
    }

    /// What all elements must be.
    var elementKind: JSON.Kind? {
      switch self {
      case .numbers: .number
      case .strings: .string
      default: nil
      }
    }
  }
}

extension JSON.Kind {
  /// As type() calls it.
  var name: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  var description: String {
    switch self {
    case .null: name
    case .bool, .number, .string: "a \(name)"
    case .array, .object: "an \(name)"
    }
  }
}
