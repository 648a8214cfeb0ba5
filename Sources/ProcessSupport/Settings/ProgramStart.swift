// The first thing every program does: read its settings, or say in plain lines why it cannot start.

import Glibc
import Logging

package enum ProgramStart {
  package enum Outcome: Sendable {
    case start(Settings, warnings: [String])
    /// Print this to standard output and end well.
    case print(String)
    /// Print these to standard error and end with their code.
    case refuse(SettingsProblems)
  }

  /// Decides without touching the process.
  package static func outcome(
    of program: Program, arguments: [String], environment: [String: String]
  ) -> Outcome {
    if arguments.contains("--help") || arguments.contains("-h") { return .print(Settings.help(for: program)) }
    if arguments.contains("--version") { return .print("\(program.rawValue) \(Build.version)\n") }
    do {
      let (settings, warnings) = try Settings.read(
        program: program, arguments: arguments, environment: environment)
      return .start(settings, warnings: warnings)
    } catch {
      return .refuse(error)
    }
  }

  /// The settings of this process, with logging started and the effective settings logged. Does not return when the
  /// command line asks for help or the settings are wrong.
  package static func settings(of program: Program) -> Settings {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch outcome(of: program, arguments: arguments, environment: ProcessEnvironment.all()) {
    case .print(let text):
      writeAll(text, to: STDOUT_FILENO)
      exit(ExitCode.success)
    case .refuse(let problems):
      end(program, problems: problems.list, code: problems.code)
    case .start(let settings, let warnings):
      Log.bootstrap(settings)
      let logger = Logger(label: program.rawValue)
      let connections = program == .ingest ? settings.maxConnections : settings.concurrency
      let room = DescriptorLimit.room(for: connections)
      if room < connections {
        logger.warning(
          "the limit of open files leaves room for \(room) of \(connections) connections; raise it (ulimit -n)")
      }
      for warning in warnings { logger.warning("\(warning)") }
      logger.info("starting version \(Build.version)", metadata: settings.shown(for: program))
      return settings
    }
  }

  /// Ends the process because of what its services threw.
  package static func end(_ program: Program, error: any Error) -> Never {
    end(program, problems: ["\(error)"], code: error is ListenError ? ExitCode.unavailable : ExitCode.failure)
  }

  /// Ends the process with one line for each problem.
  package static func end(_ program: Program, problems: [String], code: Int32) -> Never {
    writeAll(problems.map { "\(program.rawValue): \($0)\n" }.joined(), to: STDERR_FILENO)
    exit(code)
  }
}
