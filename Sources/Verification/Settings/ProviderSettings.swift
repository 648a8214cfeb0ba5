// The settings of `verify` without their values: what can be said of a workflow file before its secrets are known.

package import JSONCodec
internal import ProcessSupport

package enum ProviderSettings {
  /// Problems that the names alone show. Each setting must be there; what is in it may still be a template.
  package static func check(provider name: String, names: [String]) -> [VerifierProblem] {
    guard let provider = ProviderCatalog.provider(named: name) else { return [unknownProvider(name)] }
    let known = provider.settings.map(\.name)
    var problems = names.filter { !known.contains($0) }.map { unknown in
      let near = nearestName(to: unknown, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
      return VerifierProblem(setting: unknown, "provider \(name) has no setting \"\(unknown)\"\(near)")
    }
    for setting in provider.settings where setting.isRequired && setting.name != "provider" {
      guard !names.contains(setting.name) else { continue }
      problems.append(VerifierProblem(setting: setting.name, "\"\(setting.name)\" is missing: \(setting.summary)"))
    }
    for group in provider.alternatives where !group.contains(where: names.contains) {
      let wanted = group.map { "\"\($0)\"" }.joined(separator: " or ")
      problems.append(VerifierProblem(setting: group.first, "\(wanted) is missing"))
    }
    return problems
  }

  /// What is wrong with the values themselves, as far as they are known: nil is one that a template gives. Settings depend
  /// on each other, so with such a one among them only the secrets are judged.
  package static func check(provider name: String, values: [(name: String, value: JSON?)]) -> VerifierProblem? {
    let known = values.compactMap { name, value in value.map { (name, $0) } }
    let settings = JSON.object(JSONObject([("provider", .string(name))] + known))
    do throws(VerifierProblem) {
      if known.count == values.count {
        _ = try Verifier.make(settings: settings)
      } else {
        let reading = SettingsReading(settings: settings, isForSending: false, keySource: NoKeySource())
        for list in ["secrets", "publicKeys"] { _ = try reading.secrets(list, isRequired: false) }
      }
      return nil
    } catch {
      return error
    }
  }

  static func unknownProvider(_ name: String) -> VerifierProblem {
    let near = nearestName(to: name, among: ProviderCatalog.names).map { " (did you mean \"\($0)\"?)" } ?? ""
    return VerifierProblem(setting: "provider", "there is no provider \"\(name)\"\(near)")
  }

  /// The JSON Schema of a `verify` object: one alternative for each provider.
  package static var schema: JSON { ["oneOf": .array(ProviderCatalog.all.map(\.schema))] }
}

extension Provider {
  /// The JSON Schema of this provider's settings.
  package var schema: JSON {
    var properties = JSONObject()
    for setting in settings {
      guard case .object(var schema) = setting.schemaWithTemplates else { continue }
      schema["description"] = .string(setting.summary)
      if setting.name == "provider" { schema["enum"] = .array(([name] + aliases).map { .string($0) }) }
      properties[setting.name] = .object(schema)
    }
    var schema: JSONObject = [
      "type": "object", "title": .string(title), "properties": .object(properties),
      "required": .array(settings.filter(\.isRequired).map { .string($0.name) }), "additionalProperties": false,
    ]
    if !alternatives.isEmpty {
      schema["allOf"] = .array(
        alternatives.map { group in ["anyOf": .array(group.map { ["required": [.string($0)]] })] })
    }
    return .object(schema)
  }
}
