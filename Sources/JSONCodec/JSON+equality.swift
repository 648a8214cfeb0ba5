// Conditions such as `{equals: ["{{$context.data.total}}", 10]}` compare what values mean, not how they are written.

extension JSON: Equatable {
  /// Members may stand in any order, numbers are compared as numbers (`1 == 1.0`) and digit by digit, strings byte for
  /// byte.
  package static func == (one: JSON, other: JSON) -> Bool {
    guard one.kind == other.kind else { return false }
    if case .source(let one) = one, case .source(let other) = other, one.token.elementsEqual(other.token) {
      return true
    }
    switch one.kind {
    case .null: return true
    case .bool: return one.boolValue == other.boolValue
    case .number: return one.number == other.number
    case .string: return (one.stringValue ?? "").hasSameBytes(as: other.stringValue ?? "")
    case .array: return one.elements.elementsEqual(other.elements, by: ==)
    case .object: return one.asObject == other.asObject
    }
  }

  var asObject: JSONObject {
    switch self {
    case .object(let object): object
    case .source(let slice): slice.object
    default: JSONObject()
    }
  }
}

extension JSONObject: Equatable {
  /// The order of members is no part of an object's value.
  package static func == (one: JSONObject, other: JSONObject) -> Bool {
    one.count == other.count && one.members.allSatisfy { other[$0.key] == $0.value }
  }
}
