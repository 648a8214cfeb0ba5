// The programs that a benchmark starts: Millrace's own from beside this one, the others from the PATH.

import ProcessSupport

struct Programs: Sendable {
  let ingest: String
  let worker: String
  let script: String
  let commandLine: String
  let redisServer: String
  let wrk: String
  /// For children; without MILLRACE_* variables, which would change what is measured.
  let environment: [String: String]

  init(virtualEnvironment: String?) throws {
    var environment = ProcessEnvironment.all().filter { !$0.key.hasPrefix("MILLRACE_") }
    // Debian keeps nginx where the PATH of ordinary users does not lead.
    let path = [virtualEnvironment.map { "\($0)/bin" }, environment["PATH"], "/usr/sbin:/usr/bin:/sbin:/bin"]
      .compactMap(\.self).joined(separator: ":")
    environment["PATH"] = path
    self.environment = environment

    var missing: [String] = []
    func own(_ name: String) -> String {
      if let found = ExecutablePath.sibling(named: name) { return found }
      missing.append("\(name) beside this program (swift build -c release builds all)")
      return name
    }
    func installed(_ name: String, package: String) -> String {
      if let found = ExecutablePath.find(name, on: path) { return found }
      missing.append("\(name) (apt-get install \(package))")
      return name
    }
    ingest = own("millrace-ingest")
    worker = own("millrace-worker")
    script = own("millrace-script")
    commandLine = own("millrace")
    redisServer = installed("redis-server", package: "redis-server")
    wrk = installed("wrk", package: "wrk")
    guard missing.isEmpty else { throw BenchError("not found: \(missing.joined(separator: ", "))") }
  }

  /// For a script that makes temporary files.
  func environment(temporary directory: String) -> [String: String] {
    environment.merging(["TMPDIR": directory]) { _, new in new }
  }

  /// nil when it is not installed.
  func find(_ name: String) -> String? {
    ExecutablePath.find(name, on: environment["PATH"] ?? "")
  }
}
