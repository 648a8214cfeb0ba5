// A definition as the store keeps it: canonical JSON, without places in a file.

package import JSONCodec

extension SourceValue {
  package init(stored value: JSON) {
    switch value.kind {
    case .null: self.init(.null)
    case .bool: self.init(.bool(value.boolValue ?? false))
    case .number: self.init(.number(CoreSchema.number(value.numberText ?? "") ?? value))
    case .string: self.init(.string(value.stringValue ?? ""))
    case .array: self.init(.list(value.elements.map { SourceValue(stored: $0) }))
    case .object:
      self.init(
        .mapping(
          value.members.map {
            SourceMember(key: $0.key, keyPosition: .none, value: SourceValue(stored: $0.value))
          }))
    }
  }
}
