// One of the two that are compared: where it listens and where it keeps webhooks.

struct Side: Sendable {
  let name: String
  let url: String
  let program: RunningProgram
  /// Streams that grow by one entry with each webhook; none when it keeps nothing.
  let streams: [String]

  struct Measurement: Sendable {
    let report: WrkReport
    /// Why it does not count; nil when it does.
    let problem: String?
  }

  /// Starts from an empty queue, and checks afterwards that every answered webhook is in Redis.
  func measure(_ script: String, seconds: Int, on stage: Stage, _ programs: Programs, _ redis: PrivateRedis)
    async throws
    -> Measurement
  {
    try await redis.clear()
    let report = try await WrkRun(url: url, script: script, seconds: seconds).measure(on: stage, programs)
    try program.requireRunning()
    let probe = try RedisProbe(port: redis.port)
    let kept = try streams.reduce(0) { try $0 + probe.count("XLEN", $1) }
    var problem = report.problem
    if problem == nil, !streams.isEmpty, kept < report.requests {
      problem = "\(report.requests) webhooks were answered, but Redis holds only \(kept)"
    }
    return Measurement(report: report, problem: problem)
  }
}
