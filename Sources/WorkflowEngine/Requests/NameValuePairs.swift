// An object as the flat list of names and values that queries and forms are made of.

import JSONCodec
import Workflows

enum NameValuePairs {
  /// Lists repeat their name, inner objects take brackets (`a[b]=c`), null is left out.
  static func list(_ value: JSON, of setting: String) throws -> [(name: String, value: String)] {
    guard value.kind == .object else {
      guard !value.isNull else { return [] }
      throw NodeFailure.error("\(setting) must be an object of names and values, and is \(value.kindName)")
    }
    return value.members.flatMap { pairs($0.key, $0.value) }
  }

  private static func pairs(_ name: String, _ value: JSON) -> [(name: String, value: String)] {
    switch value.kind {
    case .null: []
    case .array: value.elements.flatMap { pairs(name, $0) }
    case .object: value.members.flatMap { pairs("\(name)[\($0.key)]", $0.value) }
    case .bool, .number, .string: [(name, value.templateText)]
    }
  }
}

extension JSON {
  /// For messages.
  var kindName: String {
    switch kind {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
