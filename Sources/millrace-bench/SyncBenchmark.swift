// The whole way there and back: a webhook whose sender waits for the answer of its workflow. First as fast as it goes,
// which says how many; then at half of that, which says how long one takes when nothing is saturated.

struct SyncBenchmark: Sendable {
  let surroundings: Surroundings
  let workers: Int
  let rounds: Int
  let seconds: Int
  var workflow = BenchWorkflow.synchronous

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let programs = surroundings.programs
      let redis = try await PrivateRedis.start(on: stage, programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Synchronous round trip",
        load: "\(workflow.description), \(workers) worker(s); \(WrkRun.command(seconds: seconds))")

      let setup = MillraceSetup(stage: stage, programs: programs, redis: redis)
      let ingest = try await start(setup, workflow)
      let script = try Load.script(on: stage, surroundings.peers)

      func measure(_ script: String, _ phase: String) async throws -> [WrkReport] {
        let run = WrkRun(
          url: "http://127.0.0.1:\(ingest.port)\(workflow.path)", script: script, seconds: seconds)
        var reports: [WrkReport] = []
        for round in 1...rounds {
          let report = try await run.measure(on: stage, programs)
          if let problem = report.problem { Output.line("\nA round \(phase) does not count: \(problem).") }
          if report.problem == nil { reports.append(report) }
          Output.progress(
            "round \(round) \(phase): \(Figure.rate(report.rate)) requests/s, p99 \(Figure.milliseconds(report.tail))")
        }
        return reports
      }
      _ = try await WrkRun(
        url: "http://127.0.0.1:\(ingest.port)\(workflow.path)", script: script, seconds: 1
      ).measure(on: stage, programs)
      let full = try await measure(script, "at full speed")
      guard let rate = full.map(\.rate).median else { throw BenchError("no round at full speed counts") }
      let half = try await measure(
        try Load.steadyScript(rate: rate / 2, after: script, on: stage), "at half of that")
      return report(full, half, asked: rate / 2)
    }
  }

  private func start(_ setup: MillraceSetup, _ workflow: BenchWorkflow) async throws -> (
    program: RunningProgram, port: Int
  ) {
    try await setup.apply(workflow)
    for _ in 0..<workers {
      let worker = try await setup.startWorker()
      try await setup.ready(worker.program, port: worker.metricsPort)
    }
    let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
    let answer = try await setup.firstAnswer(of: workflow, from: ingest.program, port: ingest.port)
    guard answer.contains(#""message":"Hello NocoBase""#) else {
      throw BenchError("the workflow answers something else than it should: \(answer)")
    }
    return ingest
  }

  private func report(_ full: [WrkReport], _ half: [WrkReport], asked: Double) -> [SummaryRow] {
    var table = Table(columns: ["load", "asked requests/s", "achieved requests/s", "p50", "p99"])
    for (name, reports, asked) in [("full speed", full, nil), ("half of that", half, asked)]
      as [(String, [WrkReport], Double?)]
    {
      table.rows.append([
        name, Figure.rate(asked), Figure.rate(reports.map(\.rate).median),
        Figure.milliseconds(reports.map(\.median).median), Figure.milliseconds(reports.map(\.tail).median),
      ])
    }
    Output.line("\nMedians of \(rounds) rounds each:\n\n\(table.markdown)")
    return [
      SummaryRow(
        what: "synchronous round trips a second\(workflow.hasScript ? ", with a script" : "")",
        millrace: Figure.rate(full.map(\.rate).median)),
      SummaryRow(
        what: "p50 / p99 of a round trip at half of that rate\(workflow.hasScript ? ", with a script" : "")",
        millrace: [half.map(\.median).median, half.map(\.tail).median].map(Figure.milliseconds).joined(separator: " / ")
      ),
    ]
  }
}
