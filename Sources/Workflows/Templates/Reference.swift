// One path such as `$context.data.items[0].id`, compiled: a root that the scope answers, and the steps from there.

package import JSONCodec

package struct Reference: Sendable, Equatable, CustomStringConvertible {
  package let root: VariableRoot
  package let path: [PathSegment]
  /// The path as it was written, with its `$`.
  package let text: String

  package var description: String { text }

  package var readsWebhook: Bool {
    if case .context = root { true } else { false }
  }

  /// The value, not converted and not copied: a part of a document stays the bytes it is.
  package func value(in scope: any VariableScope) throws(TemplateError) -> JSON? {
    guard var value = try scope.value(of: root) else { return nil }
    for segment in path {
      guard let next = segment.step(into: value) else { return nil }
      value = next
    }
    return value
  }
}

package struct PathSegment: Sendable, Equatable {
  package let name: String
  /// The name as an index into an array, if it reads as one: `.0` and `[0]` are the same.
  package let index: Int?

  package init(_ name: String) {
    self.name = name
    let isIndex = !name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) }
    index = isIndex ? Int(name) : nil
  }

  /// A name on an array takes that member of each element and flattens one level; an element without it counts as
  /// null, so that columns stay side by side.
  func step(into value: JSON) -> JSON? {
    switch value.kind {
    case .object: return value[name]
    case .array:
      if let index { return value[index] }
      var column: [JSON] = []
      for element in value.elements {
        let found = step(into: element) ?? .null
        if found.kind == .array { column += found.elements } else { column.append(found) }
      }
      return .array(column)
    default: return nil
    }
  }
}
