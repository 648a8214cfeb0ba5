// One row of the settings table. Parsing, `--help`, the log line at start and docs/settings.md all come from it.

package struct SettingDefinition: Sendable {
  enum Secrecy: Sendable {
    case open
    /// A URL that may hold a password, which is masked when shown and never quoted in a problem.
    case url
  }

  /// `MILLRACE_MAX_BODY`
  package let variable: String
  /// `--max-body`
  package let flag: String
  /// The default as people read it.
  package let defaultText: String
  /// False when the default's text is a description and no value.
  let hasPlainDefault: Bool
  /// One line.
  package let meaning: String
  package let programs: [Program]
  let secrecy: Secrecy
  /// Puts the text's value into the settings, or returns what was expected instead.
  let read: @Sendable (String, inout Settings) -> String?
  let rawText: @Sendable (Settings) -> String

  /// The name is the variable's without MILLRACE_; a default's text is given only where it depends on the machine.
  init<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ format: SettingFormat<Value>,
    of programs: [Program], secrecy: Secrecy = .open, defaultText: String? = nil, _ meaning: String
  ) {
    variable = Settings.prefix + name
    flag = "--" + name.lowercased().map { $0 == "_" ? "-" : String($0) }.joined()
    let standard = format.text(Settings()[keyPath: path])
    self.defaultText = defaultText ?? (standard.isEmpty ? "none" : standard)
    hasPlainDefault = defaultText == nil && !standard.isEmpty
    self.meaning = meaning
    self.programs = programs + [.commandLine]
    self.secrecy = secrecy
    read = { text, settings in
      guard let value = format.parse(text) else { return format.expected }
      settings[keyPath: path] = value
      return nil
    }
    rawText = { format.text($0[keyPath: path]) }
  }

  /// The setting's value as a log may show it.
  package func shownText(in settings: Settings) -> String {
    switch secrecy {
    case .open: rawText(settings)
    case .url: maskedURL(rawText(settings))
    }
  }

  /// How a value looks in a problem's line: quoted and short, or not at all when it may hold a secret.
  func quoted(_ text: String) -> String {
    guard secrecy == .open else { return "its value" }
    return "'" + (text.count > 80 ? text.prefix(77) + "..." : text[...]) + "'"
  }
}
