// A sender that we know: its settings, the methods it calls with, and how its requests are checked.

package struct Provider: Sendable {
  package let name: String
  package let aliases: [String]
  /// For people.
  package let title: String
  /// The methods that a route must let through; the first is that of events.
  package let methods: [String]
  /// `provider` included.
  package let settings: [SettingDescription]
  /// Of each group at least one setting must be there.
  package let alternatives: [[String]]
  let make: @Sendable (SettingsReading) throws(VerifierProblem) -> any Check

  init(
    _ name: String, aliases: [String] = [], title: String, methods: [String] = ["POST"],
    settings: [SettingDescription], alternatives: [[String]] = [],
    make: @escaping @Sendable (SettingsReading) throws(VerifierProblem) -> any Check
  ) {
    self.name = name
    self.aliases = aliases
    self.title = title
    self.methods = methods
    self.settings = [.provider] + settings
    self.alternatives = alternatives
    self.make = make
  }
}

extension Provider {
  /// A provider that a signature scheme tells wholly; `adjust` adds its handshakes.
  static func plain(
    _ name: String, aliases: [String] = [], title: String, methods: [String] = ["POST"], secret: String,
    scheme: SignatureScheme, facts: EventFacts, settings: [SettingDescription] = [],
    adjust: @escaping @Sendable (inout SchemeCheck, SettingsReading) throws(VerifierProblem) -> Void = { _, _ in }
  ) -> Provider {
    var described = [scheme.usesPublicKeys ? SettingDescription.publicKeys(secret) : .secrets(secret)].map(\.required)
    if let rule = scheme.timestamp { described.append(.tolerance(rule.tolerance)) }
    if scheme.usesURL { described.append(.url) }
    if scheme.usesPublicKeys { described.append(.privateKey) }
    return Provider(name, aliases: aliases, title: title, methods: methods, settings: described + settings) {
      reading throws(VerifierProblem) in
      var check = try SchemeCheck(scheme, reading, facts)
      try adjust(&check, reading)
      return check
    }
  }
}

extension SchemeCheck {
  /// Reads the keys, the tolerance and the address from the settings.
  init(
    _ scheme: SignatureScheme, _ reading: SettingsReading, _ facts: EventFacts, from setting: String? = nil,
    needsKeys: Bool = true
  ) throws(VerifierProblem) {
    let setting = setting ?? (scheme.usesPublicKeys ? "publicKeys" : "secrets")
    let isOptional = !needsKeys || (scheme.usesPublicKeys && reading.isForSending)
    var keys: [SchemeKey] = []
    for secret in try reading.secrets(setting, isRequired: !isOptional) {
      keys.append(try SchemeKey(secret, for: scheme, setting: setting))
    }
    let key = scheme.usesPublicKeys ? try reading.privateKey() : nil
    self.init(
      scheme: scheme, keys: keys, privateKey: key, tolerance: try reading.tolerance(scheme.timestamp?.tolerance),
      url: scheme.usesURL ? try reading.url() : nil, facts: facts)
  }
}

extension SettingsReading {
  /// For sending only.
  func privateKey() throws(VerifierProblem) -> PrivateKey? {
    guard let text = try text("privateKey") else { return nil }
    do throws(KeyProblem) {
      return try PrivateKey(reading: text)
    } catch {
      throw VerifierProblem(setting: "privateKey", "\"privateKey\" \(error.message)")
    }
  }
}

extension SignatureScheme {
  var usesPublicKeys: Bool { if case .publicKey = algorithm { true } else { false } }

  var usesURL: Bool {
    signed.contains { pieces in
      pieces.contains { piece in
        switch piece {
        case .url, .calledURL: true
        default: false
        }
      }
    }
  }
}
