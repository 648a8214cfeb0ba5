// `millrace doctor`: checks what Millrace stands on, and says what to change.

import ArgumentParser
import JSONCodec
import OutboundHTTP
import ProcessSupport

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check Redis, clocks, workers and limits, and say what to change.",
    discussion: "Ends with 0 when nothing fails, 1 when something does, 69 when Redis is away.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let settings = try connection.settings()
    var checkup = Checkup()
    var code = ProcessSupport.ExitCode.failure
    do {
      checkup = try await RedisAccess.with(settings) { redis in
        var checkup = Checkup()
        try await RedisCheckup(redis: redis, settings: settings.settings).look(&checkup)
        return checkup
      }
    } catch let failure as CommandFailure where failure.code == ExitCode.unavailable {
      let prefix = "millrace: "
      checkup.fail(
        "redis", failure.lines.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }.joined())
      code = ExitCode.unavailable
    }
    Self.lookAtLimits(settings.settings, &checkup)
    await Self.lookAtAddresses(settings.settings, &checkup)
    Terminal.print(json ? checkup.document.pretty : checkup.text)
    if checkup.hasFailed { throw CommandFailure.silent(code) }
  }

  /// What ingest has open besides its connections.
  private static let otherFiles = 100

  private static func lookAtLimits(_ settings: Settings, _ checkup: inout Checkup) {
    let allowed = DescriptorLimit.raise(for: settings.maxConnections)
    if allowed < settings.maxConnections + otherFiles {
      checkup.warn(
        "files",
        "\(allowed) may be open, for \(settings.maxConnections) connections; raise the limit (ulimit -n, LimitNOFILE) "
          + "or lower MILLRACE_MAX_CONNECTIONS")
    } else {
      checkup.good("files", "\(allowed) may be open")
    }
  }

  private static func lookAtAddresses(_ settings: Settings, _ checkup: inout Checkup) async {
    let transport = HTTPTransport(egress: .everywhere)
    for (name, address, scheme) in [
      ("ingest", settings.listen, settings.ingestScheme), ("worker", settings.metricsListen, "http"),
    ] {
      switch await ReadinessProbe(address: address, transport: transport, scheme: scheme).look() {
      case .ready: checkup.good("address", "\(name) answers at \(address) and is ready")
      case .notReady(let why): checkup.warn("address", "\(name) answers at \(address) and is not ready: \(why)")
      case .stranger(let why): checkup.warn("address", "\(address) is used by something else: \(why)")
      case .nobody: checkup.good("address", "\(address) is free: no \(name) runs there")
      }
    }
    await transport.shutdown()
  }
}
