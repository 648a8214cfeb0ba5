// The types that a schema can ask for, as a set.

import JSONCodec

struct ValueTypes: OptionSet, Sendable {
  let rawValue: UInt8

  static let null = ValueTypes(rawValue: 1)
  static let boolean = ValueTypes(rawValue: 2)
  static let integer = ValueTypes(rawValue: 4)
  /// Without `integer`, which every asking for numbers adds.
  static let fraction = ValueTypes(rawValue: 8)
  static let string = ValueTypes(rawValue: 16)
  static let array = ValueTypes(rawValue: 32)
  static let object = ValueTypes(rawValue: 64)

  static let number: ValueTypes = [.integer, .fraction]

  private static let names: [(name: String, types: ValueTypes)] = [
    ("array", .array), ("boolean", .boolean), ("integer", .integer), ("null", .null), ("number", .number),
    ("object", .object), ("string", .string),
  ]

  static let allNames = names.map(\.name).joined(separator: ", ")

  init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  init?(name: String) {
    guard let types = Self.names.first(where: { $0.name == name })?.types else { return nil }
    self = types
  }

  /// All that values of a kind can be.
  init(_ kind: JSON.Kind) {
    switch kind {
    case .null: self = .null
    case .bool: self = .boolean
    case .number: self = .number
    case .string: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }

  /// As a message says it: "a string or null".
  var description: String {
    var words: [String] = []
    if contains(.object) { words.append("an object") }
    if contains(.array) { words.append("an array") }
    if contains(.string) { words.append("a string") }
    if contains(.number) { words.append("a number") } else if contains(.integer) { words.append("a whole number") }
    if contains(.boolean) { words.append("true or false") }
    if contains(.null) { words.append("null") }
    guard let last = words.popLast() else { return "" }
    return words.isEmpty ? last : words.joined(separator: ", ") + " or " + last
  }
}
