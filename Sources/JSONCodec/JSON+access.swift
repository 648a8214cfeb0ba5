// How templates and nodes look inside a value, whichever way it is held.

extension JSON {
  /// A member of an object; nil if there is none or this is no object.
  package subscript(key: String) -> JSON? {
    switch self {
    case .object(let object): object[key]
    case .source(let slice): slice[key].map(JSON.source)
    default: nil
    }
  }

  /// An element of an array; nil outside its bounds or if this is no array.
  package subscript(index: Int) -> JSON? {
    switch self {
    case .array(let elements): elements.indices.contains(index) ? elements[index] : nil
    case .source(let slice): slice[index].map(JSON.source)
    default: nil
    }
  }

  /// Elements of an array or members of an object, else 0.
  package var count: Int {
    switch self {
    case .array(let elements): elements.count
    case .object(let object): object.count
    case .source(let slice): slice.count
    default: 0
    }
  }

  /// The elements of an array, else none.
  package var elements: [JSON] {
    switch self {
    case .array(let elements): elements
    case .source(let slice): slice.elements
    default: []
    }
  }

  /// The members of an object in order, else none.
  package var members: [(key: String, value: JSON)] {
    switch self {
    case .object(let object): object.members
    case .source(let slice): slice.object.members
    default: []
    }
  }

  /// This value without its outermost `.source`: containers hold slices again.
  package var resolved: JSON {
    guard case .source(let slice) = self else { return self }
    switch slice.kind {
    case .null: return .null
    case .bool: return .bool(slice.bool == true)
    case .number: return JSONNumber(text: slice.numberText ?? "0").json
    case .string: return .string(slice.string ?? "")
    case .array: return .array(slice.elements)
    case .object: return .object(slice.object)
    }
  }
}

extension JSON {
  package var isNull: Bool { kind == .null }

  package var boolValue: Bool? {
    switch self {
    case .bool(let value): value
    case .source(let slice): slice.bool
    default: nil
    }
  }

  package var stringValue: String? {
    switch self {
    case .string(let value): value
    case .source(let slice): slice.string
    default: nil
    }
  }

  /// The number as a whole number, if it is exactly one of 64 bits: `1.0` is, `1.5` and 2⁶⁴ are not.
  package var intValue: Int64? { number?.int }

  /// The nearest double; infinite for numbers beyond its range.
  package var doubleValue: Double? { number?.double }

  /// The number as it would be written: a slice's own text.
  package var numberText: String? {
    switch self {
    case .int(let value): String(value)
    case .double(let value): value.isFinite ? value.description : nil
    case .number(let text): text
    case .source(let slice): slice.numberText
    default: nil
    }
  }

  /// For comparisons, which round nothing.
  package var number: JSONNumber? {
    switch self {
    case .int(let value): .integer(value)
    case .double(let value): .double(value)
    case .number(let text): JSONNumber(text: text)
    case .source(let slice): slice.numberText.map { JSONNumber(text: $0) }
    default: nil
    }
  }
}
