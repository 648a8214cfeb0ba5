// A setting of a provider as editors, the documentation and the loader see it.

package import JSONCodec
internal import ProcessSupport

package struct SettingDescription: Sendable {
  package let name: String
  /// One line.
  package let summary: String
  /// A JSON Schema for its value.
  package let schema: JSON
  package let isRequired: Bool

  init(_ name: String, _ summary: String, schema: JSON, isRequired: Bool = false) {
    self.name = name
    self.summary = summary
    self.schema = schema
    self.isRequired = isRequired
  }

  /// In a workflow file every value but the provider's name may be a template.
  var schemaWithTemplates: JSON {
    let takesAnyText = [[:], Self.text, Self.texts, Self.secretList].contains(schema)
    return takesAnyText || name == "provider"
      ? schema : ["anyOf": [schema, ["type": "string", "pattern": "\\{\\{.*\\}\\}"]]]
  }

  /// The same setting where a provider cannot do without it.
  var required: SettingDescription { SettingDescription(name, summary, schema: schema, isRequired: true) }
}

extension SettingDescription {
  static let text: JSON = ["type": "string", "minLength": 1]
  static let flag: JSON = ["type": "boolean"]
  static let texts: JSON = ["oneOf": [text, ["type": "array", "items": text, "minItems": 1]]]

  static func choice(_ names: [String]) -> JSON { ["enum": .array(names.map { .string($0) })] }

  private static let secret: JSON = [
    "oneOf": [
      ["type": "string", "minLength": 1],
      [
        "type": "object", "required": ["value"], "additionalProperties": false,
        "properties": [
          "id": ["type": "string", "minLength": 1], "value": ["type": "string", "minLength": 1],
          "notAfter": ["type": "string"],
        ],
      ],
    ]
  ]
  static let secretList: JSON = ["anyOf": [secret, ["type": "array", "items": secret, "minItems": 1, "maxItems": 16]]]

  static func secrets(_ summary: String) -> SettingDescription {
    SettingDescription("secrets", summary, schema: secretList)
  }

  static func publicKeys(_ summary: String) -> SettingDescription {
    SettingDescription("publicKeys", summary, schema: secretList)
  }

  static func tolerance(_ standard: Int?) -> SettingDescription {
    let usual = standard.map { "\(Duration.seconds($0).millraceText)" } ?? "none"
    return SettingDescription(
      "tolerance", "how far the sender's clock may differ: seconds, a duration or \"none\"; standard: \(usual)",
      schema: ["oneOf": [["type": "integer", "minimum": 1], ["type": "string"]]])
  }

  static let provider = SettingDescription(
    "provider", "who sends", schema: ["type": "string"], isRequired: true)
  static let url = SettingDescription(
    "url", "the address as it is registered with the provider, up to the path: https://hooks.example.com",
    schema: ["type": "string", "pattern": "^https?://"])
  static let privateKey = SettingDescription(
    "privateKey", "for sending as the provider would: PEM, or an Ed25519 seed in hexadecimal; never needed to verify",
    schema: text)
}
