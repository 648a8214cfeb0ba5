// Mappings and lists inside a mapping.

import JSONCodec

extension SettingsReader {
  package mutating func mapping<T>(_ key: String, read: (inout SettingsReader) -> T) -> T? {
    guard let value = value(key) else { return nil }
    guard value.members != nil else {
      report("\"\(key)\" must be a mapping of settings, not \(value.kindName)", at: value.position)
      return nil
    }
    var reader = nested(value, subject: "\"\(key)\"")
    let result = read(&reader)
    reader.finish()
    return result
  }

  /// A list of mappings.
  package mutating func list<T>(
    _ key: String, required: Bool = false, each: (inout SettingsReader) -> T
  ) -> [T] {
    guard let value = value(key, required: required) else { return [] }
    guard let values = value.list else {
      report("\"\(key)\" must be a list, not \(value.kindName)", at: value.position)
      return []
    }
    if required, values.isEmpty { report("\"\(key)\" must not be empty", at: value.position) }
    return values.map { value in
      var reader = nested(value, subject: "an entry of \"\(key)\"")
      let result = each(&reader)
      reader.finish()
      return result
    }
  }

  /// A list of nodes; what runs in it is seen by what comes after the enclosing node, not by its other lists.
  package mutating func nodes(_ key: String) -> [Node]? {
    guard let value = value(key) else { return nil }
    guard let values = value.list else {
      report("\"\(key)\" must be a list of nodes, not \(value.kindName)", at: value.position)
      return nil
    }
    guard session.scope.depth < NodeReading.deepestNesting else {
      report("nodes are nested deeper than \(NodeReading.deepestNesting) levels here", at: value.position)
      return []
    }
    let before = session.scope.beginBranch()
    defer { session.scope.endBranch(before) }
    return values.compactMap { NodeReading(session: session).node($0) }
  }
}
