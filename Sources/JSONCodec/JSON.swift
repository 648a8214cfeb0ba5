// The JSON value that a webhook's body, a template's result and a node's output are made of.
// Parsed documents stay as they came (`.source`): Swift values are made only for what is asked for.

/// A JSON value that keeps key order, all 64 bits of integers and the source bytes of what nobody touched.
///
/// One value has several spellings (`1`, `1.0`, a `.source` slice): ask `kind` and the accessors rather than matching
/// cases, or match on `resolved`.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// Written in the shortest form that reads back the same; not-a-number and infinities are written as null.
  case double(Double)
  /// A number whose text must be kept: whole numbers outside Int64, or as written. A text that is no JSON number is
  /// written as a string.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)
  /// An untouched part of a parsed document, navigated lazily and written back byte for byte.
  case source(JSONSlice)
}

extension JSON {
  package enum Kind: Sendable {
    case null, bool, number, string, array, object
  }

  package var kind: Kind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int, .double, .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    case .source(let slice): slice.kind
    }
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
}

extension JSON: ExpressibleByFloatLiteral, ExpressibleByStringInterpolation {
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension JSON: CustomStringConvertible {
  package var description: String { text }
}
