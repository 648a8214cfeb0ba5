// Millrace as a benchmark runs it: separate processes with their usual settings on the shared Redis.

import ProcessSupport

struct MillraceSetup: Sendable {
  let stage: Stage
  let programs: Programs
  let redis: PrivateRedis

  func apply(_ workflow: BenchWorkflow) async throws { try await apply(workflow.key, workflow.text) }

  func apply(_ key: String, _ text: String) async throws {
    let file = try stage.write(text, to: "\(key).yaml")
    _ = try await stage.output(
      of: "millrace apply", programs.commandLine, ["apply", file, "--redis-url", redis.url],
      environment: programs.environment, within: .seconds(20))
  }

  /// The backlog is out of the way: asynchronous rounds pile executions up on purpose.
  func startIngest(eventLoops: Int, _ further: [String] = []) async throws -> (program: RunningProgram, port: Int) {
    let port = try LoopbackConnection.freePort()
    let program = try stage.start(
      "millrace-ingest", programs.ingest,
      [
        "--listen", "127.0.0.1:\(port)", "--redis-url", redis.url, "--durability", "normal", "--event-loops",
        "\(eventLoops)", "--backlog", "100000000", "--log-level", "warning", "--shutdown-grace", "2s",
        "--audit-dir", "\(stage.directory)/audit",
      ] + further, environment: programs.environment)
    try await ready(program, port: port)
    return (program, port)
  }

  func startWorker(_ further: [String] = []) async throws -> (program: RunningProgram, metricsPort: Int) {
    let port = try LoopbackConnection.freePort()
    let program = try stage.start(
      "millrace-worker", programs.worker,
      [
        "--redis-url", redis.url, "--durability", "normal", "--concurrency", "256", "--metrics-listen",
        "127.0.0.1:\(port)", "--log-level", "warning", "--shutdown-grace", "2s",
      ] + further, environment: programs.environment)
    return (program, port)
  }

  /// Waits until a webhook is answered with 200 and returns the answer's body.
  @discardableResult
  func firstAnswer(of workflow: BenchWorkflow, from ingest: RunningProgram, port: Int) async throws -> String {
    var body = ""
    try await eventually("\(workflow.path) is answered with 200") {
      try ingest.requireRunning()
      guard let answer = try? HTTPProbe(port: port).post(workflow.path) else { return false }
      body = answer.body
      return answer.status == 200
    }
    return body
  }

  func ready(_ program: RunningProgram, port: Int) async throws {
    try await eventually("\(program.name) is ready") {
      try program.requireRunning()
      return (try? HTTPProbe(port: port).get("/-/readyz"))?.status == 200
    }
  }
}
