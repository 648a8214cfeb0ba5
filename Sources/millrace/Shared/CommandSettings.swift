// The settings as a command sees them: the environment's, with the flags of this command line on top.

import ArgumentParser
import ProcessSupport

struct CommandSettings {
  let settings: Settings
  /// False when the Redis is only the default.
  let namesRedis: Bool
  /// False when the state directory is.
  let namesStateDirectory: Bool

  /// The flags are those of settings, `--redis-url=…` for example.
  init(flags: [String] = []) throws(CommandFailure) {
    let environment = ProcessEnvironment.all()
    do {
      let (settings, warnings) = try Settings.read(
        program: .commandLine, arguments: flags, environment: environment)
      self.settings = settings
      for warning in warnings { Terminal.complain("millrace: warning: \(warning)") }
    } catch {
      throw CommandFailure(error)
    }
    namesRedis = Self.isSet("MILLRACE_REDIS_URL", flags, environment)
    namesStateDirectory = Self.isSet("MILLRACE_STATE_DIR", flags, environment)
    namesEgress = Self.isSet("MILLRACE_EGRESS_ALLOW", flags, environment)
  }

  /// Where request nodes may go when this machine is all there is: what the operator has allowed, else loopback.
  var localEgress: [AddressRange] {
    namesEgress ? settings.egressAllow : Self.loopback.compactMap { AddressRange($0) }
  }

  static let loopback = ["127.0.0.0/8", "::1"]
  private let namesEgress: Bool

  private static func isSet(_ variable: String, _ flags: [String], _ environment: [String: String]) -> Bool {
    let flag = Settings.table.first { $0.variable == variable }?.flag ?? ""
    return !(environment[variable] ?? "").isEmpty || flags.contains { $0.hasPrefix("\(flag)=") }
  }
}

/// The flags of every command that talks to Redis.
struct ConnectionOptions: ParsableArguments {
  @Option(
    name: .customLong("redis-url"),
    help: ArgumentHelp(
      "The Redis that holds all state.",
      discussion: "By default MILLRACE_REDIS_URL, else that of the `millrace up` which runs in this directory.",
      valueName: "url"))
  var redisURL: String?

  @Option(
    name: .customLong("state-dir"),
    help: ArgumentHelp("Where `millrace up` keeps its private Redis.", valueName: "dir"))
  var stateDirectory: String?

  func settings() throws(CommandFailure) -> CommandSettings {
    try CommandSettings(
      flags: [redisURL.map { "--redis-url=\($0)" }, stateDirectory.map { "--state-dir=\($0)" }].compactMap(\.self))
  }
}
