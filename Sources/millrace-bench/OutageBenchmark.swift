// What happens when Redis is full, and when it is not there: nothing is lost, nothing grows, and service comes back by
// itself.

import ProcessSupport

struct OutageBenchmark: Sendable {
  let surroundings: Surroundings
  let seconds: Int

  private static let room = 32 << 20
  private static let rate = 200.0

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let redis = try await PrivateRedis.start(on: stage, surroundings.programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Outage", load: "what each part says")
      let setup = MillraceSetup(stage: stage, programs: surroundings.programs, redis: redis)
      try await setup.apply(.asynchronous)
      let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
      try await setup.firstAnswer(of: .asynchronous, from: ingest.program, port: ingest.port)
      let place = Place(stage: stage, setup: setup, redis: redis, ingest: ingest.program, port: ingest.port)
      let full = try await fullMemory(place)
      return [full, try await away(place)]
    }
  }

  private struct Place {
    let stage: Stage
    let setup: MillraceSetup
    let redis: PrivateRedis
    let ingest: RunningProgram
    let port: Int

    var url: String { "http://127.0.0.1:\(port)\(BenchWorkflow.asynchronous.path)" }

    func status() -> Int? { try? HTTPProbe(port: port).post(BenchWorkflow.asynchronous.path).status }
  }

  // MARK: Full

  private func fullMemory(_ place: Place) async throws -> SummaryRow {
    let probe = try RedisProbe(port: place.redis.port)
    try probe.call("CONFIG", "SET", "maxmemory", "\(try used(probe) + Self.room)")
    let load = WrkRun(url: place.url, script: try Load.script(on: place.stage, surroundings.peers), seconds: 1)
    var accepted = 0
    while place.status() == 200 {
      let report = try await load.measure(on: place.stage, surroundings.programs)
      accepted += report.requests - report.refused
    }
    let refusal = ContinuousClock.now
    let status = place.status()
    let took = (ContinuousClock.now - refusal).seconds
    let queued = try PrivateRedis.executions(probe)
    // Down to the last byte: what workers write has to find room all the same.
    try probe.call("CONFIG", "SET", "maxmemory", "\(try used(probe) - 1)")
    let worker = try await place.setup.startWorker()
    try await eventually("the worker drains the queue", within: .seconds(60)) {
      try PrivateRedis.executions(probe) == 0
    }
    let drained = ContinuousClock.now
    try await eventually("webhooks are accepted again") { place.status() == 200 }
    let back = (ContinuousClock.now - drained).seconds
    try probe.call("CONFIG", "SET", "maxmemory", "0")
    await place.stage.stop(worker.program)
    Output.line(
      """

      Redis full: after \(Figure.grouped(accepted)) webhooks ingest answered \(status.map(String.init) ?? "nothing") \
      within \(Figure.milliseconds(took)); a worker drained the \(Figure.grouped(queued)) executions to none while \
      Redis began without a byte left; webhooks were accepted again \(Figure.milliseconds(back)) later.
      """)
    return SummaryRow(
      what: "executions drained while Redis was full, of those in the queue",
      millrace: "all of \(Figure.grouped(queued))")
  }

  private func used(_ probe: RedisProbe) throws -> Int {
    let line = try probe.call("INFO", "memory").split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("used_memory:") }
    guard let bytes = line.flatMap({ Int($0.dropFirst("used_memory:".count)) }) else {
      throw BenchError("Redis does not say how much memory it uses")
    }
    return bytes
  }

  // MARK: Away

  private func away(_ place: Place) async throws -> SummaryRow {
    let worker = try await place.setup.startWorker()
    try await place.setup.ready(worker.program, port: worker.metricsPort)
    let steady = try Load.steadyScript(
      rate: Self.rate, after: try Load.script(on: place.stage, surroundings.peers), on: place.stage)
    let before = (memory: place.ingest.residentMemory, ingest: place.ingest.lineCount, worker: worker.program.lineCount)
    await place.stage.stop(place.redis.program)
    let run = WrkRun(url: place.url, script: steady, seconds: seconds)
    let report = try await run.measure(on: place.stage, surroundings.programs)
    let after = place.ingest.residentMemory
    let lines = [place.ingest.lineCount - before.ingest, worker.program.lineCount - before.worker]
    let redis = try await PrivateRedis.start(at: place.redis.port, on: place.stage, surroundings.programs)
    let there = ContinuousClock.now
    try await eventually("webhooks are accepted again") { place.status() == 200 }
    let accepted = (ContinuousClock.now - there).seconds
    let probe = try RedisProbe(port: redis.port)
    try await eventually("the worker takes them") { try PrivateRedis.executions(probe) == 0 }
    let ran = (ContinuousClock.now - there).seconds
    let growth = max(0, Double((after ?? 0) - (before.memory ?? 0))) / Double(1 << 20)
    Output.line(
      """

      Redis away for \(seconds) s, \(Figure.rate(report.rate)) webhooks a second: \(Figure.grouped(report.refused)) of \
      \(Figure.grouped(report.requests)) refused, p99 \(Figure.milliseconds(report.tail)).

      | | |
      |---|---:|
      | resident memory of millrace-ingest before | \(Figure.bytes(before.memory)) |
      | after | \(Figure.bytes(after)) |
      | lines in the log of ingest | \(lines[0]) |
      | lines in the log of the worker | \(lines[1]) |
      | webhooks accepted after Redis answers | \(Figure.milliseconds(accepted)) |
      | and run | \(Figure.milliseconds(ran)) |
      """)
    return SummaryRow(
      what: "Redis away for \(seconds) s: growth of ingest in MB / service back after",
      millrace: "\(Figure.ratio(growth)) / \(Figure.milliseconds(ran))")
  }
}
