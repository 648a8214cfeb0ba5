// Takes `--name value` and `--name=value` apart, without yet knowing what the values mean.

package struct FlagReading: Sendable {
  /// By flag, `--max-body` for example.
  package private(set) var values: [String: String] = [:]
  /// Arguments that are no setting's flag, in order; only filled when asked for.
  package private(set) var rest: [String] = []
  package private(set) var problems: [String] = []

  /// Everything must be a flag of this program.
  init(program: Program, arguments: [String]) {
    self.init(program: program, arguments: arguments, keepsRest: false)
  }

  /// Picks the settings out of a command line that has words of its own: `millrace up DIR --listen :8080`.
  package init(settingsAmong arguments: [String]) {
    self.init(program: .commandLine, arguments: arguments, keepsRest: true)
  }

  private init(program: Program, arguments: [String], keepsRest: Bool) {
    let flags = Dictionary(uniqueKeysWithValues: Settings.table.map { ($0.flag, $0.programs) })
    var waiting = arguments[...]
    while let argument = waiting.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = parts.first ?? ""
      guard let programs = flags[name] else {
        if keepsRest {
          rest.append(argument)
        } else {
          problems.append(Self.unknown(argument, name, program))
          // What follows is most likely its value, and no second mistake.
          if name.hasPrefix("-"), parts.count == 1 { _ = Self.value(from: &waiting) }
        }
        continue
      }
      guard let value = parts.count == 2 ? parts[1] : Self.value(from: &waiting), !value.isEmpty else {
        problems.append("\(name): a value is missing")
        continue
      }
      if programs.contains(program) {
        values[name] = value
      } else {
        let owners = programs.filter { $0 != .commandLine || programs.count == 1 }.map(\.rawValue).joined(
          separator: " and ")
        problems.append("\(name): a setting of \(owners), not of \(program.rawValue)")
      }
    }
  }

  /// The settings' flags again, as `--name=value`, to hand on to another program.
  package func arguments(for program: Program) -> [String] {
    Settings.table.filter { $0.programs.contains(program) }.compactMap { definition in
      values[definition.flag].map { "\(definition.flag)=\($0)" }
    }
  }

  private static func value(from waiting: inout ArraySlice<String>) -> String? {
    guard let next = waiting.first, !next.hasPrefix("-") || next.count == 1 else { return nil }
    return waiting.popFirst()
  }

  private static func unknown(_ argument: String, _ name: String, _ program: Program) -> String {
    guard name.hasPrefix("-") else { return "'\(argument.prefix(80))': \(program.rawValue) takes no such argument" }
    let own = Settings.table.filter { $0.programs.contains(program) }.map(\.flag) + ["--help", "--version"]
    let suggestion = nearestName(to: name, among: own).map { "; did you mean \($0)?" } ?? "; see --help"
    return "\(name.prefix(80)): unknown flag\(suggestion)"
  }
}
