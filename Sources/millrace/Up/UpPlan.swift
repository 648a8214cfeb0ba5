// What `up` is going to start, decided before anything is: settings, addresses, and each program's command line.

import ArgumentParser
import ProcessSupport

struct UpPlan {
  static let standardDirectory = "deploy/workflows"

  /// Of the workflow files.
  let directory: String
  let command: CommandSettings
  let workers: Int
  private let flags: FlagReading

  var settings: Settings { command.settings }

  /// The words are the directory and settings' flags, in any order.
  init(words: [String], workers: Int) throws {
    flags = FlagReading(settingsAmong: words)
    if let problem = flags.problems.first { throw CommandFailure(problem, code: ExitCode.usage) }
    if let unknown = flags.rest.first(where: { $0.hasPrefix("-") }) { throw Self.unknownFlag(unknown) }
    guard flags.rest.count <= 1 else {
      throw CommandFailure("up takes one directory, not \(flags.rest.count)", code: ExitCode.usage)
    }
    directory = flags.rest.first ?? Self.standardDirectory
    guard !flags.rest.isEmpty || TextFile.isDirectory(directory) else {
      throw CommandFailure(
        "there is no \(directory) here; name a directory with workflow files: millrace up DIR", code: ExitCode.noInput)
    }
    command = try CommandSettings(flags: flags.arguments(for: .commandLine))
    self.workers = workers
    if let problem = SettingsCheck.problem(of: settings) {
      throw CommandFailure(problem, code: ExitCode.configuration)
    }
  }

  private static func unknownFlag(_ argument: String) -> CommandFailure {
    let name = String(argument.prefix { $0 != "=" })
    let known = Settings.table.map(\.flag) + ["--workers", "--help"]
    let suggestion = nearestName(to: name, among: known).map { "did you mean \($0)?" }
    return CommandFailure(
      "\(name): unknown flag; \(suggestion ?? "`millrace up --help` lists them")", code: ExitCode.usage)
  }

  /// The URL of Redis goes into the environment, because everybody may see command lines; `overrides` are settings'
  /// flags that win over what was given.
  func launch(
    _ program: Program, as name: String, redis: String, overrides: [String]
  ) throws(CommandFailure) -> ChildProcessLaunch {
    guard let executable = ExecutablePath.sibling(named: program.rawValue) else {
      throw CommandFailure(
        "\(program.rawValue) is not beside this program; build all products with `swift build`",
        code: ExitCode.unavailable)
    }
    var environment = ProcessEnvironment.all()
    environment["MILLRACE_REDIS_URL"] = redis
    environment["MILLRACE_LOG_FORMAT"] = settings.logFormat.rawValue
    environment["MILLRACE_EGRESS_ALLOW"] = command.localEgress.map(\.description).joined(separator: " ")
    if settings.addressesDirectory == nil, TextFile.isDirectory(AddressListDirectory.standard) {
      environment["MILLRACE_ADDRESSES_DIR"] = AddressListDirectory.standard
    }
    let given = flags.arguments(for: program).filter { !$0.hasPrefix("--redis-url=") }
    return ChildProcessLaunch(
      executable: executable, arguments: given + overrides, environment: environment,
      output: .prefixed(prefix(name)), ownsGroup: true)
  }

  /// JSON lines stay JSON: they say themselves whose they are.
  private func prefix(_ name: String) -> String {
    switch settings.logFormat {
    case .text: name + String(repeating: " ", count: max(0, 8 - name.count)) + " | "
    case .json: ""
    }
  }
}
