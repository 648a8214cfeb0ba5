// Settings with placeholders, and conditions.

import JSONCodec

extension SettingsReader {
  /// Any value with placeholders in its text and keys; an explicit null is a value.
  package mutating func template(_ key: String, required: Bool = false) -> Template? {
    guard let value = source(key) else {
      if required { report("\"\(key)\" is missing in \(subject)") }
      return nil
    }
    return session.template(value)
  }

  /// A mapping of plain names to templates, in order.
  package mutating func templates(_ key: String) -> [(name: String, value: Template)] {
    guard let value = value(key) else { return [] }
    guard let members = value.members else {
      report("\"\(key)\" must be a mapping of names to values, not \(value.kindName)", at: value.position)
      return []
    }
    return members.map { ($0.key, session.template($0.value)) }
  }

  /// Header fields: names as RFC 9110 has them (section 5.1), values single texts or numbers, or lists of them.
  package mutating func headers(_ key: String) -> [(name: String, value: Template)] {
    guard let members = value(key)?.members else { return templates(key) }
    var names = Set<String>()
    for member in members {
      if !HeaderRules.isToken(member.key) {
        report("\"\(member.key)\" cannot be the name of a header", at: member.keyPosition)
      } else if HeaderRules.isManaged(member.key) {
        report("the header \"\(member.key)\" is set by Millrace itself", at: member.keyPosition)
      } else if !names.insert(member.key.lowercased()).inserted {
        report("the header \"\(member.key)\" stands twice here", at: member.keyPosition)
      }
      for value in member.value.list ?? [member.value] { checkHeaderValue(value, of: member.key) }
    }
    return templates(key)
  }

  private func checkHeaderValue(_ value: SourceValue, of name: String) {
    if value.list != nil || value.members != nil {
      report("the header \"\(name)\" must be a text or a list of texts, not \(value.kindName)", at: value.position)
    } else if let text = value.string, !HeaderRules.isValue(text) {
      report("the header \"\(name)\" cannot hold line breaks or control characters", at: value.position)
    }
  }

  package mutating func condition(_ key: String, required: Bool = false) -> Condition? {
    condition(key, required: required, allowsJavaScript: true)
  }

  mutating func condition(_ key: String, required: Bool = false, allowsJavaScript: Bool) -> Condition? {
    guard let value = value(key, required: required) else { return nil }
    return ConditionReading(session: session, allowsJavaScript: allowsJavaScript).condition(value)
  }
}

enum HeaderRules {
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }

  /// Those that frame a message: a workflow that set them could break its connection.
  static func isManaged(_ name: String) -> Bool {
    ["content-length", "transfer-encoding", "connection", "upgrade", "trailer", "te", "keep-alive"]
      .contains(name.lowercased())
  }

  static func isValue(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F) }
  }
}
