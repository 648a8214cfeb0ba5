// The fields of a query or of an `application/x-www-form-urlencoded` body, as bytes: a form may be in any charset.

struct FormField: Sendable, Equatable {
  let name: [UInt8]
  let value: [UInt8]
}

enum FormFields {
  static let limit = 1000

  /// In the order they came; nil if there are more than `limit`.
  static func parse(_ text: some Collection<UInt8>) -> [FormField]? {
    var fields: [FormField] = []
    for part in text.split(separator: UInt8(ascii: "&")) {
      guard fields.count < limit else { return nil }
      let equals = part.firstIndex(of: UInt8(ascii: "="))
      let name = part[..<(equals ?? part.endIndex)]
      let value = equals.map { part[part.index(after: $0)...] } ?? part[part.endIndex...]
      fields.append(
        FormField(
          name: PercentCoding.decode(name, plusIsSpace: true), value: PercentCoding.decode(value, plusIsSpace: true)))
    }
    return fields
  }

  static func write(_ fields: [FormField]) -> String {
    fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
  }
}

extension [FormField] {
  /// The value of the only field with this name; nil where there is none or more than one, because two readers of one
  /// form might choose differently.
  func only(_ name: String) -> [UInt8]? {
    var found: [UInt8]?
    for field in self where field.name.elementsEqual(name.utf8) {
      guard found == nil else { return nil }
      found = field.value
    }
    return found
  }
}
