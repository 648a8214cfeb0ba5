// The settings of one `verify`, read by name; what is wrong says which setting it is in.

import JSONCodec
import ProcessSupport

struct SettingsReading {
  static let secretLimit = 16

  let settings: JSON
  /// Whether the settings are for sending: then the key that checks may be missing, and the private one is there.
  let isForSending: Bool
  let keySource: any KeySource

  private func value(_ name: String) -> JSON? {
    settings[name].flatMap { $0.isNull ? nil : $0 }
  }

  func text(_ name: String) throws(VerifierProblem) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.stringValue, !text.isEmpty else {
      throw VerifierProblem(setting: name, "\"\(name)\" must be text that is not empty")
    }
    return text
  }

  func requiredText(_ name: String) throws(VerifierProblem) -> String {
    guard let text = try text(name) else { throw VerifierProblem(setting: name, "\"\(name)\" is missing") }
    return text
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ standard: Choice
  ) throws(VerifierProblem) -> Choice where Choice.RawValue == String {
    guard let text = try text(name) else { return standard }
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw VerifierProblem(setting: name, "\"\(name)\" must be one of \(names.joined(separator: ", "))")
  }

  func flag(_ name: String) throws(VerifierProblem) -> Bool {
    guard let value = value(name) else { return false }
    guard let flag = value.boolValue else { throw VerifierProblem(setting: name, "\"\(name)\" must be true or false") }
    return flag
  }

  /// One text or a list of them.
  func texts(_ name: String) throws(VerifierProblem) -> [String] {
    guard let value = value(name) else { return [] }
    let entries = value.kind == .array ? value.elements : [value]
    var texts: [String] = []
    for entry in entries {
      guard let text = entry.stringValue, !text.isEmpty else {
        throw VerifierProblem(setting: name, "\"\(name)\" must be text that is not empty, or a list of such texts")
      }
      texts.append(text)
    }
    guard !texts.isEmpty, texts.count <= 64 else {
      throw VerifierProblem(setting: name, "\"\(name)\" must have between 1 and 64 entries")
    }
    return texts
  }

  func object(_ name: String) throws(VerifierProblem) -> JSON? {
    guard let value = value(name) else { return nil }
    guard value.kind == .object else { throw VerifierProblem(setting: name, "\"\(name)\" must be an object") }
    return value
  }

  /// Milliseconds; nil for "none".
  func tolerance(_ standard: Int?) throws(VerifierProblem) -> Int64? {
    guard let value = value("tolerance") else { return standard.map { Int64($0) * 1000 } }
    if value.stringValue == "none" { return nil }
    let written = value.stringValue.flatMap { Duration(millraceText: $0)?.milliseconds }
    let counted = value.intValue.flatMap { (1...604_800).contains($0) ? $0 * 1000 : nil }
    guard let tolerance = counted ?? written, (1000...604_800_000).contains(tolerance) else {
      throw VerifierProblem(
        setting: "tolerance", "\"tolerance\" must be \"none\", or between 1 second and 7 days: 300, \"5m\"")
    }
    return tolerance
  }

  /// The address of this deployment without a slash at its end.
  func url() throws(VerifierProblem) -> String? {
    guard let text = try text("url") else { return nil }
    guard text.hasPrefix("https://") || text.hasPrefix("http://"), !text.contains("?"), !text.contains("#") else {
      throw VerifierProblem(setting: "url", "\"url\" must be like https://hooks.example.com, without a query")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// One text or a list; an entry is a text or `{id, value, notAfter}`. An empty secret signs for everybody, so it is
  /// refused.
  func secrets(_ name: String = "secrets", isRequired: Bool = true) throws(VerifierProblem) -> [Secret] {
    guard let value = value(name) else {
      if isRequired { throw VerifierProblem(setting: name, "\"\(name)\" is missing") }
      return []
    }
    let entries = value.kind == .array ? value.elements : [value]
    guard (1...Self.secretLimit).contains(entries.count) else {
      throw VerifierProblem(setting: name, "\"\(name)\" must have between 1 and \(Self.secretLimit) entries")
    }
    var secrets: [Secret] = []
    for (index, entry) in entries.enumerated() {
      let secret = try secret(entry, at: entries.count == 1 ? name : "\(name)[\(index)]", number: index + 1, of: name)
      guard !secrets.contains(where: { $0.id == secret.id }) else {
        throw VerifierProblem(setting: name, "two entries of \"\(name)\" have one id")
      }
      secrets.append(secret)
    }
    return secrets
  }

  private func secret(
    _ entry: JSON, at place: String, number: Int, of name: String
  ) throws(VerifierProblem) -> Secret {
    let known = ["id", "value", "notAfter"]
    if let odd = entry.members.first(where: { !known.contains($0.key) }) {
      let near = nearestName(to: odd.key, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
      throw VerifierProblem(setting: name, "\"\(place)\" has no setting \"\(odd.key)\"\(near)")
    }
    let value = entry.kind == .object ? entry["value"] : entry
    guard let text = value?.stringValue else {
      throw VerifierProblem(setting: name, "\"\(place)\" must be text, or an object with a \"value\"")
    }
    guard !text.isEmpty else { throw VerifierProblem(setting: name, "\"\(place)\" is empty") }
    guard text.utf8.count <= 65_536 else { throw VerifierProblem(setting: name, "\"\(place)\" is too long") }
    var notAfter: Int64?
    if let date = entry["notAfter"], !date.isNull {
      guard let moment = date.stringValue.flatMap({ Moments.read($0, unit: .rfc3339) }) else {
        throw VerifierProblem(
          setting: name, "\"notAfter\" of \"\(place)\" must be a moment such as 2026-05-01T00:00:00Z")
      }
      notAfter = moment
    }
    let id = entry["id"].flatMap { $0.stringValue ?? $0.numberText } ?? String(number)
    guard (1...128).contains(id.utf8.count) else {
      throw VerifierProblem(setting: name, "the id of \"\(place)\" must have 1 to 128 bytes")
    }
    return Secret(id: id, text: text, notAfter: notAfter)
  }
}
