// The settings as people see them: `--help`, documentation, and the line that is logged at start.

package import Logging

extension Settings {
  package static func help(for program: Program) -> String {
    let rows = table.filter { $0.programs.contains(program) }
    let entries = rows.map { row in
      "  \(row.flag) VALUE   (\(row.variable), default: \(row.defaultText))\n      \(row.meaning)\n"
    }
    return """
      \(program.rawValue) \(Build.version): \(program.summary).

      Usage: \(program.rawValue) [--name VALUE | --name=VALUE]...

      Each setting is a flag or an environment variable; the flag wins.

      \(entries.joined())
        MILLRACE_ENV_NAME
            what workflows read as $env.NAME

        --help       print this and exit
        --version    print the version and exit

      """
  }

  /// The rows of the table in docs/settings.md, which a test compares with that file.
  package static var documentationRows: [String] {
    table.map { row in
      let programs = row.programs.filter { $0 != .commandLine || row.programs.count == 1 }.map(\.rawValue)
      let standard = row.hasPlainDefault ? "`\(row.defaultText)`" : row.defaultText
      return
        "| `\(row.variable)` | `\(row.flag)` | \(standard) | \(row.meaning) | \(programs.joined(separator: ", ")) |"
    }
  }

  /// The effective settings of a program, secrets masked, for the log.
  package func shown(for program: Program) -> Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    for row in Settings.table where row.programs.contains(program) {
      metadata[String(row.flag.dropFirst(2))] = .string(row.shownText(in: self))
    }
    // Only the names: the values are what workflows keep secret.
    metadata["env"] = .string(environment.keys.sorted().joined(separator: " "))
    return metadata
  }
}
