// How fast one worker empties a full queue of executions that do almost nothing, beside Sidekiq with empty jobs.

import ProcessSupport

struct DrainBenchmark: Sendable {
  let surroundings: Surroundings
  let count: Int
  let rounds: Int
  var workflow = BenchWorkflow.asynchronous

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let programs = surroundings.programs
      let redis = try await PrivateRedis.start(on: stage, programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Worker drain",
        load: "\(Figure.grouped(count)) executions of \(workflow.description), accepted by ingest")

      let setup = MillraceSetup(stage: stage, programs: programs, redis: redis)
      try await setup.apply(workflow)
      let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
      try await setup.firstAnswer(of: workflow, from: ingest.program, port: ingest.port)
      let fill = WrkRun(
        url: "http://127.0.0.1:\(ingest.port)\(workflow.path)",
        script: try Load.script(on: stage, surroundings.peers), seconds: 1)
      let peer = surroundings.peers.flatMap { SidekiqPeer(directory: $0, programs: programs, redis: redis) }

      var table = Table(columns: ["round", "Millrace executions/s", "Sidekiq jobs/s", "ratio"])
      var pairs: [(ours: Double, theirs: Double?)] = []
      for round in 1...rounds {
        try await redis.clear()
        try await fillQueue(fill, setup)
        let ours = try await drain(setup)
        try await redis.clear()
        let theirs = try await peer?.measure(count: count, on: stage)
        pairs.append((ours, theirs))
        table.rows.append(row("\(round)", ours, theirs, ratio: theirs.map { ours / $0 }))
        Output.progress("round \(round): Millrace \(Figure.rate(ours)), Sidekiq \(Figure.rate(theirs)) a second")
      }
      let ours = pairs.map(\.ours).median
      let theirs = pairs.compactMap(\.theirs).median
      let ratio = pairs.compactMap { pair in pair.theirs.map { pair.ours / $0 } }.median
      table.rows.append(row("median", ours, theirs, ratio: ratio))
      Output.line("\n\(table.markdown)")
      return [
        SummaryRow(
          what: "executions a second, one worker\(workflow.hasScript ? ", each with a script" : "")",
          millrace: Figure.rate(ours), peer: theirs == nil ? "" : "Sidekiq",
          peerFigure: theirs == nil ? "" : Figure.rate(theirs), ratio: theirs == nil ? "" : Figure.ratio(ratio))
      ]
    }
  }

  private func row(_ name: String, _ ours: Double?, _ theirs: Double?, ratio: Double?) -> [String] {
    [name, Figure.rate(ours), Figure.rate(theirs), Figure.ratio(ratio)]
  }

  /// Genuine webhooks through ingest, then cut to exactly as many as asked for: no worker has seen the stream yet, so
  /// its oldest entries may go.
  private func fillQueue(_ fill: WrkRun, _ setup: MillraceSetup) async throws {
    let probe = try RedisProbe(port: setup.redis.port)
    let deadline = ContinuousClock.now + .seconds(300)
    while try PrivateRedis.executions(probe) < count {
      let report = try await fill.measure(on: setup.stage, setup.programs)
      if let problem = report.problem { throw BenchError("the queue cannot be filled: \(problem)") }
      guard ContinuousClock.now < deadline else { throw BenchError("the queue is not full after five minutes") }
    }
    try probe.call("XTRIM", MillraceKeys.normal, "MAXLEN", "\(count)")
  }

  /// Executions a second, from the first settled one to the last, as the peer's script counts too.
  private func drain(_ setup: MillraceSetup) async throws -> Double {
    let probe = try RedisProbe(port: setup.redis.port)
    let (worker, metricsPort) = try await setup.startWorker()
    var left = count
    func look() throws -> Int {
      try worker.requireRunning()
      left = try PrivateRedis.executions(probe)
      return left
    }
    try await eventually("millrace-worker settles its first execution", every: .milliseconds(5)) { try look() < count }
    let start = ContinuousClock.now
    let first = left
    try await eventually(
      "millrace-worker empties the queue", within: .seconds(60 + count / 100), every: .milliseconds(10)
    ) { try look() == 0 }
    let time = (ContinuousClock.now - start).seconds
    try await requireSuccess(metricsPort: metricsPort)
    await setup.stage.stop(worker)
    return Double(first) / time
  }

  /// A worker that failed all of them would be faster.
  private func requireSuccess(metricsPort: Int) async throws {
    var succeeded: Double?
    do {
      try await eventually("the worker's metrics count \(count) successes", within: .seconds(5)) {
        let metrics = try HTTPProbe(port: metricsPort).get("/-/metrics").body
        let line = metrics.split(separator: "\n").first {
          $0.hasPrefix("millrace_worker_executions_total{state=\"succeeded\"}")
        }
        succeeded = line?.split(separator: " ").last.flatMap { Double($0) }
        // A webhook that ingest still held when the queue was cut to size may have come on top.
        return succeeded.map { $0 >= Double(count) } ?? false
      }
    } catch {
      throw BenchError("\(error); they count \(Figure.rate(succeeded))")
    }
  }
}
