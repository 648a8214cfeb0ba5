// Reads the settings of one program from its environment and its flags.

extension Settings {
  /// Flags are `--name value` or `--name=value`; a flag wins over its variable, and the last of two flags wins. An empty
  /// variable counts as unset.
  /// - Returns: The settings, and one line for each variable that looks like a setting and is none.
  /// - Throws: All problems at once.
  package static func read(
    program: Program, arguments: [String], environment: [String: String]
  ) throws(SettingsProblems) -> (settings: Settings, warnings: [String]) {
    let flags = FlagReading(program: program, arguments: arguments)
    var problems = flags.problems
    var warnings: [String] = []
    var settings = Settings()
    let variables = environment.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }

    for definition in table {
      // A setting of another program, in the environment that all programs share, is that program's business.
      guard definition.programs.contains(program) else { continue }
      let fromFlag = flags.values[definition.flag]
      guard let text = fromFlag ?? variables[definition.variable] else { continue }
      if let expected = definition.read(text, &settings) {
        let source = fromFlag == nil ? definition.variable : definition.flag
        problems.append("\(source): \(definition.quoted(text)) is not \(expected)")
      }
    }
    problems += settings.contradictions
    warnings += unknown(in: variables)
    settings.environment = WorkflowEnvironment.read(
      variables: variables, directory: settings.secretsDirectory, problems: &problems, warnings: &warnings)
    guard problems.isEmpty else {
      throw SettingsProblems(problems, code: flags.problems.isEmpty ? ExitCode.configuration : ExitCode.usage)
    }
    return (settings, warnings)
  }

  /// What each setting alone cannot tell.
  private var contradictions: [String] {
    var problems: [String] = []
    if (tlsCertificate == nil) != (tlsKey == nil) {
      let (given, missing) = tlsKey == nil ? ("TLS_CERT", "TLS_KEY") : ("TLS_KEY", "TLS_CERT")
      problems.append("\(Self.prefix)\(given): needs \(Self.prefix)\(missing) beside it")
    } else if tlsCertificate == nil, tlsClientAuthorities != nil {
      problems.append("\(Self.prefix)TLS_CLIENT_CA: needs \(Self.prefix)TLS_CERT and \(Self.prefix)TLS_KEY beside it")
    }
    return problems
  }

  private static func unknown(in variables: [String: String]) -> [String] {
    let known = Set(table.map(\.variable))
    let names = variables.keys.filter { !known.contains($0) && !$0.hasPrefix(WorkflowEnvironment.prefix) }.sorted()
    return names.map { name in
      // Without the prefix, which all have in common.
      let short = nearestName(
        to: String(name.dropFirst(prefix.count)), among: table.map { String($0.variable.dropFirst(prefix.count)) })
      let suggestion = short.map { "; did you mean \(prefix)\($0)?" } ?? ""
      return "\(name) is not a setting of this version and has no effect\(suggestion)"
    }
  }
}
