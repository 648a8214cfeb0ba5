// Headers that a workflow sets on a request or a reply: names checked when it is loaded, values when they are known.

import JSONCodec
import Workflows

struct HeaderTemplates: Sendable {
  private let fields: [(name: String, value: Template)]

  init(_ key: String, _ reader: inout SettingsReader) {
    fields = reader.headers(key)
  }

  func evaluate(_ scope: ExecutionScope) throws -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for (name, template) in fields {
      for value in try template.headerValues(scope) { headers.append((name, try Self.checked(value, name))) }
    }
    return headers
  }

  /// A line break in a value would end the header and start another one.
  static func checked(_ value: String, _ name: String) throws -> String {
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw NodeFailure.error("the value of header \(name) contains a line break or another control character")
    }
    return value
  }
}

extension [(name: String, value: String)] {
  func names(_ name: String) -> Bool {
    contains { $0.name.lowercased() == name }
  }
}
