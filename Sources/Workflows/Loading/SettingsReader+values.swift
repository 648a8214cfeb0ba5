// Plain settings: text, numbers, durations, sizes, choices.

package import JSONCodec

extension SettingsReader {
  /// Plain text, in which placeholders would not be replaced and are refused therefore.
  package mutating func string(_ key: String, required: Bool = false) -> String? {
    guard let value = value(key, required: required), let text = plainText(value, of: key) else { return nil }
    return text
  }

  private mutating func plainText(_ value: SourceValue, of key: String) -> String? {
    guard let text = text(value, of: key) else { return nil }
    if text.utf8.contains(UInt8(ascii: "{")), text.contains("{{") {
      report("\"\(key)\" takes plain text; placeholders are not replaced here", at: value.position)
      return nil
    }
    return text
  }

  private func text(_ value: SourceValue, of key: String) -> String? {
    if let text = value.string { return text }
    let hint = value.list == nil && value.members == nil ? "; put it in quotes" : ""
    report("\"\(key)\" must be text, not \(value.kindName)\(hint)", at: value.position)
    return nil
  }

  /// Text in another language, in which braces mean what they mean there.
  package mutating func foreign(_ key: String) -> String? {
    guard let value = value(key), let text = text(value, of: key) else { return nil }
    if text.contains(where: { !$0.isWhitespace }) { return text }
    report("\"\(key)\" must not be empty", at: value.position)
    return nil
  }

  /// JavaScript.
  package mutating func code(_ key: String, isExpression: Bool) -> String? {
    guard let text = foreign(key), let value = value(key) else { return nil }
    session.add(code: text, isExpression: isExpression, in: .inside(value))
    return text
  }

  /// JavaScript from a file that the workflow file names.
  package mutating func code(fromFile key: String) -> String? {
    guard let name = string(key), let position = source(key)?.position,
      let text = session.text(ofFile: name, at: position)
    else { return nil }
    guard text.contains(where: { !$0.isWhitespace }) else {
      report("the file \"\(name)\" is empty", at: key)
      return nil
    }
    session.add(code: text, isExpression: false, in: .file(session.path(ofFile: name)))
    return text
  }

  /// A value as it stands in the file, in which braces mean nothing.
  package mutating func verbatim(_ key: String) -> JSON? { value(key)?.json }

  /// Reports at a place inside the value of `key`, a JSON Pointer.
  package mutating func report(_ message: String, at key: String, pointer: String) {
    var place = value(key)
    for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
      guard
        let inner = place?[name]
          ?? place?.list.flatMap({ list in Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil } })
      else { break }
      place = inner
    }
    if let place { report(message, at: place.position) } else { report(message, at: key) }
  }

  /// The settings that nobody has asked for yet, each as a template.
  package mutating func remainingTemplates() -> [(name: String, value: Template)] {
    remaining.compactMap { name in template(name).map { (name, $0) } }
  }

  /// A list of plain texts, or one alone.
  package mutating func strings(_ key: String, required: Bool = false) -> [String] {
    guard let value = value(key, required: required) else { return [] }
    return (value.list ?? [value]).compactMap { plainText($0, of: key) }
  }

  /// Text for people, in which braces mean nothing.
  mutating func prose(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    if let text = value.string { return text }
    if value.list == nil, value.members == nil { return value.json.text }
    report("\"\(key)\" must be text, not \(value.kindName)", at: value.position)
    return nil
  }

  package mutating func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
    guard let value = value(key) else { return fallback }
    return integer(value, of: key, in: range) ?? fallback
  }

  package mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = value(key) else { return nil }
    return integer(value, of: key, in: range)
  }

  private func integer(_ value: SourceValue, of key: String, in range: ClosedRange<Int>) -> Int? {
    if case .number(.int(let number)) = value.content, let whole = Int(exactly: number), range.contains(whole) {
      return whole
    }
    report(
      "\"\(key)\" must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(value.kindName)",
      at: value.position)
    return nil
  }

  /// A number, whole or not.
  mutating func number(_ key: String, in range: ClosedRange<Int>) -> Double? {
    guard let value = value(key) else { return nil }
    if case .number(let number) = value.content, let double = number.doubleValue,
      (Double(range.lowerBound)...Double(range.upperBound)).contains(double)
    {
      return double
    }
    report(
      "\"\(key)\" must be a number from \(range.lowerBound) to \(range.upperBound), not \(value.kindName)",
      at: value.position)
    return nil
  }

  package mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
    optionalBoolean(key) ?? fallback
  }

  package mutating func optionalBoolean(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    if case .bool(let flag) = value.content { return flag }
    report("\"\(key)\" must be true or false, not \(value.kindName)", at: value.position)
    return nil
  }

  /// `500ms`, `10s`, `5m`, `72h`, `3d`, or 0.
  package mutating func duration(_ key: String) -> Duration? {
    guard let value = value(key) else { return nil }
    if case .number(.int(0)) = value.content { return .zero }
    if let duration = value.string.flatMap(Quantity.duration) {
      if duration <= Self.longest || isStored { return min(duration, Self.longest) }
      report("\"\(key)\" may be 3650d at most", at: value.position)
      return nil
    }
    report(
      "\"\(key)\" must be a time such as 500ms, 10s, 5m, 72h or 3d, not \(value.kindName)", at: value.position)
    return nil
  }

  /// Ten years: what is counted in microseconds, or added to the time, stays far from the ends of 64 bits.
  private static let longest: Duration = .seconds(3650 * 86_400)

  /// A duration longer than nothing.
  package mutating func positiveDuration(_ key: String) -> Duration? {
    guard let duration = duration(key) else { return nil }
    if duration > .zero { return duration }
    report("\"\(key)\" must be longer than 0", at: key)
    return nil
  }

  /// `512KB`, `10MB`, `1GB`, or bytes as a number.
  package mutating func size(_ key: String) -> Int? {
    guard let value = value(key) else { return nil }
    if case .number(.int(let bytes)) = value.content, bytes >= 0 { return Int(bytes) }
    if let bytes = value.string.flatMap(Quantity.bytes) { return bytes }
    report("\"\(key)\" must be a size such as 512KB, 10MB or 1GB, not \(value.kindName)", at: value.position)
    return nil
  }

  package mutating func choice<T: RawRepresentable & CaseIterable>(_ key: String, default fallback: T) -> T
  where T.RawValue == String {
    optionalChoice(key) ?? fallback
  }

  package mutating func optionalChoice<T: RawRepresentable & CaseIterable>(_ key: String, of: T.Type = T.self) -> T?
  where T.RawValue == String {
    guard let value = value(key) else { return nil }
    let names = T.allCases.map(\.rawValue)
    if let text = value.string {
      if let choice = T(rawValue: text) { return choice }
      let suggestion = Suggestion.text(for: text, among: names)
      report(
        "\"\(key)\" must be \(Self.alternatives(names)), not \"\(text)\"\(suggestion)", at: value.position)
    } else {
      report("\"\(key)\" must be \(Self.alternatives(names)), not \(value.kindName)", at: value.position)
    }
    return nil
  }

  static func alternatives(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}
