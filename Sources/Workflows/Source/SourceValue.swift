// One value of a workflow file with its place in it; what the loader reads, whether it came as YAML, as JSON or from
// the store.

package import JSONCodec

package struct SourceValue: Sendable {
  package enum Content: Sendable {
    case null
    case bool(Bool)
    /// `.int` or `.number`.
    case number(JSON)
    case string(String)
    case list([SourceValue])
    case mapping([SourceMember])
  }

  package let content: Content
  package let position: SourcePosition
  /// The whole text, to find places inside strings.
  let text: SourceText?

  init(_ content: Content, at position: SourcePosition = .none, in text: SourceText? = nil) {
    self.content = content
    self.position = position
    self.text = text
  }

  /// The value without positions; key order is kept.
  package var json: JSON {
    switch content {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let value): value
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.json))
    case .mapping(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
    }
  }

  package subscript(key: String) -> SourceValue? {
    guard case .mapping(let members) = content else { return nil }
    return members.last { $0.key == key }?.value
  }

  package var members: [SourceMember]? {
    guard case .mapping(let members) = content else { return nil }
    return members
  }

  package var list: [SourceValue]? {
    guard case .list(let values) = content else { return nil }
    return values
  }

  package var string: String? {
    guard case .string(let value) = content else { return nil }
    return value
  }

  package var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// Where the scalar at `offset` of this string stands in the file.
  func position(ofScalar offset: Int) -> SourcePosition {
    guard let string, let text else { return position }
    return text.position(of: offset, in: string, startingAt: position)
  }

  /// For messages: what this is, in an author's words.
  package var kindName: String {
    switch content {
    case .null: "nothing"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): value.text
    case .string(let value): value.count <= 40 ? "\"\(value)\"" : "\"\(value.prefix(37))…\""
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

package struct SourceMember: Sendable {
  package let key: String
  package let keyPosition: SourcePosition
  package let value: SourceValue
}
