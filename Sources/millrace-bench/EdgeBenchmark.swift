// What the edge costs and withstands: checks of a signed push beside none, a flood of forgeries beside genuine webhooks,
// idle connections, and senders' questions while nothing can be stored.

import ProcessSupport

struct EdgeBenchmark: Sendable {
  let surroundings: Surroundings
  let rounds: Int
  let seconds: Int

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let redis = try await PrivateRedis.start(on: stage, surroundings.programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "The edge", load: "pushes of \(EdgeLoad.push.utf8.count) bytes, each with an id of its own")
      let setup = MillraceSetup(stage: stage, programs: surroundings.programs, redis: redis)
      for workflow in [BenchWorkflow.asynchronous, .guarded, .asked] { try await setup.apply(workflow) }
      let ingest = try await setup.startIngest(
        eventLoops: surroundings.eventLoops, ["--trusted-proxies", "127.0.0.0/8"])
      try await setup.firstAnswer(of: .asynchronous, from: ingest.program, port: ingest.port)
      let genuine = try EdgeLoad.script(
        on: stage, name: "genuine", secret: BenchWorkflow.secret, client: "\"203.0.113.7\"")
      let place = Place(setup: setup, redis: redis, ingest: ingest.program, port: ingest.port, genuine: genuine)
      return [
        try await checks(place), try await flood(place), try await idleConnections(place), try await questions(place),
      ]
    }
  }

  struct Place {
    let setup: MillraceSetup
    let redis: PrivateRedis
    let ingest: RunningProgram
    let port: Int
    let genuine: String

    var stage: Stage { setup.stage }

    func url(_ workflow: BenchWorkflow) -> String { "http://127.0.0.1:\(port)\(workflow.path)" }
  }

  private func checks(_ place: Place) async throws -> SummaryRow {
    var table = Table(columns: ["round", "without checks", "with all", "share"])
    var shares: [Double] = []
    for round in 0...rounds {
      var rates: [Double] = []
      for workflow in [BenchWorkflow.asynchronous, .guarded] {
        try await place.redis.clear()
        let run = WrkRun(url: place.url(workflow), script: place.genuine, seconds: seconds)
        let report = try await run.measure(on: place.stage, surroundings.programs)
        if let problem = report.problem { throw BenchError("\(workflow.key): \(problem)") }
        rates.append(report.rate)
      }
      // The first one warms up.
      if round == 0 { continue }
      shares.append(rates[1] / rates[0])
      table.rows.append(["\(round)"] + rates.map { Figure.rate($0) } + [Figure.ratio(shares.last)])
      Output.progress("round \(round): \(rates.map { Figure.rate($0) }.joined(separator: " and ")) webhooks/s")
    }
    table.rows.append(["median", "", "", Figure.ratio(shares.median)])
    Output.line("\n\(table.markdown)")
    return SummaryRow(
      what: "throughput with signature, duplicates and schema of 8 KB, of that without",
      millrace: Figure.ratio(shares.median))
  }

  /// Genuine webhooks beside 20,000 forged ones a second.
  private func flood(_ place: Place) async throws -> SummaryRow {
    try await place.redis.clear()
    let probe = try RedisProbe(port: place.redis.port)
    let forged = try EdgeLoad.script(
      on: place.stage, name: "forged", secret: "another secret",
      client: "\"198.51.100.\" .. (count % 250)")
    // It takes the genuine ones away again, so that what is left is the flood's.
    let worker = try await place.setup.startWorker()
    try await place.setup.ready(worker.program, port: worker.metricsPort)
    let before = try look(place, probe)
    let flooding = try Load.steadyScript(rate: 20_000, after: forged, on: place.stage, name: "flood")
    let flood = Task { [surroundings] in
      try await WrkRun(url: place.url(.guarded), script: flooding, seconds: 20)
        .measure(on: place.stage, surroundings.programs)
    }
    try await Task.sleep(for: .seconds(1))
    let steady = try Load.steadyScript(rate: 500, after: place.genuine, on: place.stage)
    let report = try await WrkRun(url: place.url(.guarded), script: steady, seconds: 18, connections: 16)
      .measure(on: place.stage, surroundings.programs)
    let forgeries = try await flood.value
    try await eventually("the worker has run the genuine ones", within: .seconds(30)) {
      try PrivateRedis.executions(probe) == 0
    }
    let after = try look(place, probe)
    await place.stage.stop(worker.program)
    Output.line(
      """

      Forged webhooks: \(Figure.rate(forgeries.rate)) a second, \(Figure.grouped(forgeries.refused)) of \
      \(Figure.grouped(forgeries.requests)) refused. Genuine ones beside them: \(Figure.rate(report.rate)) a second, \
      \(Figure.grouped(report.requests - report.refused)) of \(Figure.grouped(report.requests)) accepted, p50 \
      \(Figure.milliseconds(report.median)), p99 \(Figure.milliseconds(report.tail)).

      | | before | after |
      |---|---:|---:|
      | executions in the streams | \(before.entries) | \(after.entries) |
      | Redis memory | \(Figure.bytes(before.redis)) | \(Figure.bytes(after.redis)) |
      | resident memory of millrace-ingest | \(Figure.bytes(before.ingest)) | \(Figure.bytes(after.ingest)) |
      """)
    return SummaryRow(
      what: "p99 of 500 genuine webhooks a second beside \(Figure.rate(forgeries.rate)) forged ones",
      millrace: Figure.milliseconds(report.tail))
  }

  private func look(_ place: Place, _ probe: RedisProbe) throws -> (entries: Int, redis: Int?, ingest: Int?) {
    let memory = try probe.call("INFO", "memory").split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("used_memory:") }?.dropFirst("used_memory:".count)
    return (try PrivateRedis.executions(probe), memory.flatMap { Int($0) }, place.ingest.residentMemory)
  }
}
