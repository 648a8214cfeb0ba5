// One measurement with wrk.

struct WrkRun: Sendable {
  static let usualConnections = 64

  let url: String
  let script: String
  let seconds: Int
  var connections = usualConnections

  /// As the conditions show it; the script and the address differ from side to side.
  static func command(seconds: Int) -> String {
    "wrk -t1 -c\(usualConnections) -d\(seconds)s --latency -s post.lua URL"
  }

  func measure(on stage: Stage, _ programs: Programs) async throws -> WrkReport {
    let lines = try await stage.output(
      of: "wrk", programs.wrk,
      ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "-s", script, url],
      environment: programs.environment, within: .seconds(seconds + 15))
    guard let report = WrkReport(lines) else {
      throw BenchError("wrk wrote something else than a report: \(lines.joined(separator: " / "))")
    }
    return report
  }
}
