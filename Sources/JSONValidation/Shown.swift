// Parts of schemas and bodies inside messages: short, in one line, and without anything that a terminal would obey.

import JSONCodec

enum Shown {
  private static let longest = 40
  private static let longestPattern = 80

  /// In quotes.
  static func text(_ text: String) -> String { "\"\(bounded(text, longest))\"" }

  static func pattern(_ text: String) -> String { bounded(text, longestPattern) }

  /// A number as it is written.
  static func number(_ text: String) -> String { bounded(text, longest) }

  static func bounded(_ text: String, _ length: Int) -> String {
    var shown = ""
    for (index, scalar) in text.unicodeScalars.prefix(length + 1).enumerated() {
      if index == length {
        shown += "…"
      } else if isVisible(scalar) {
        shown.unicodeScalars.append(scalar)
      } else {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return shown
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}

extension Shown {
  /// A value of a schema or a body: texts and numbers as they are, containers by their kind.
  static func value(_ value: JSON) -> String {
    switch value.kind {
    case .null: "null"
    case .bool: value.boolValue == true ? "true" : "false"
    case .number: number(value.numberText ?? "a number")
    case .string: text(value.stringValue ?? "")
    case .array: value.count == 0 ? "an empty array" : "an array"
    case .object: value.members.isEmpty ? "an empty object" : "an object"
    }
  }
}

extension Shown {
  private static let longestLine = 200

  /// A message that has parts of a body in it.
  static func line(_ text: String) -> String { bounded(text, longestLine) }
}

extension JSONTokens {
  func shown(_ place: Int) -> String { Shown.value(value(at: place)) }
  func shown(key: Int) -> String { Shown.text(string(at: key)) }
}

extension NameTable {
  func shown(_ slot: Int) -> String { Shown.text(String(decoding: names[slot], as: UTF8.self)) }
}
