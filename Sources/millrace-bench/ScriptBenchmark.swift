// What JavaScript costs: how soon a runner is there, how many scripts a second, and what a script node adds to an
// execution when nothing else is going on.

import Logging
import NIOPosix
import ProcessSupport
import Scripting

struct ScriptBenchmark: Sendable {
  let surroundings: Surroundings
  let rounds: Int
  let seconds: Int
  let count: Int

  func run() async throws -> [SummaryRow] {
    var rows = try await addedLatency()
    let synchronous = SyncBenchmark(
      surroundings: surroundings, workers: 1, rounds: rounds, seconds: seconds, workflow: .synchronousScript)
    rows += try await synchronous.run()
    let alone = Surroundings(programs: surroundings.programs, peers: nil, eventLoops: surroundings.eventLoops)
    rows += try await DrainBenchmark(
      surroundings: alone, count: count, rounds: rounds, workflow: .asynchronousScript
    ).run()
    return rows
  }

  // MARK: The runners alone, and one caller

  private func addedLatency() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let programs = surroundings.programs
      let redis = try await PrivateRedis.start(on: stage, programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Scripts", load: "one caller, one call after another; with and without a script in turn")
      let start = try await coldStart()
      let rate = try await poolRate()

      let setup = MillraceSetup(stage: stage, programs: programs, redis: redis)
      for workflow in [BenchWorkflow.synchronous, .synchronousScript] { try await setup.apply(workflow) }
      let worker = try await setup.startWorker()
      try await setup.ready(worker.program, port: worker.metricsPort)
      let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
      let load = try Load.script(on: stage, surroundings.peers)
      var table = Table(columns: ["round", "p50 with map", "p50 with a script", "added"])
      var added: [Double] = []
      for round in 0...rounds {
        var medians: [Double] = []
        for workflow in [BenchWorkflow.synchronous, .synchronousScript] {
          try await setup.firstAnswer(of: workflow, from: ingest.program, port: ingest.port)
          let run = WrkRun(
            url: "http://127.0.0.1:\(ingest.port)\(workflow.path)", script: load, seconds: seconds, connections: 1)
          let report = try await run.measure(on: stage, programs)
          if let problem = report.problem { throw BenchError(problem) }
          medians.append(report.median)
        }
        // The first one warms up.
        if round == 0 { continue }
        added.append(medians[1] - medians[0])
        table.rows.append(["\(round)"] + (medians + [medians[1] - medians[0]]).map(Figure.milliseconds))
        Output.progress("round \(round): \(medians.map(Figure.milliseconds).joined(separator: " and "))")
      }
      table.rows.append(["median", "", "", Figure.milliseconds(added.median)])
      Output.line("\n\(table.markdown)")
      return [
        SummaryRow(what: "start of a script runner", millrace: Figure.milliseconds(start)),
        SummaryRow(what: "trivial scripts a second, two runners, 64 callers", millrace: Figure.rate(rate)),
        SummaryRow(what: "what a script adds to an execution, p50", millrace: Figure.milliseconds(added.median)),
      ]
    }
  }

  private func withRunners<Value>(
    _ processes: Int, _ work: (ScriptRunners) async throws -> Value
  ) async throws -> Value {
    let runners = ScriptRunners(
      ScriptRunners.Configuration(executable: surroundings.programs.script, processes: processes),
      group: MultiThreadedEventLoopGroup.singleton.next(), logger: Logger(label: "bench"))
    let result: Result<Value, any Error>
    do { result = .success(try await work(runners)) } catch { result = .failure(error) }
    await runners.shutDown()
    return try result.get()
  }

  /// Seconds from the decision to start a process until it takes calls; the median of many.
  private func coldStart() async throws -> Double {
    var times: [Double] = []
    for _ in 0..<20 {
      times.append(
        try await withRunners(1) { runners in
          let start = ContinuousClock.now
          runners.start()
          try await eventually("a script runner is ready", every: .microseconds(200)) { runners.isReady }
          return (ContinuousClock.now - start).seconds
        })
    }
    guard let median = times.median, let longest = times.max() else { throw BenchError("nothing was measured") }
    Output.line(
      "\nStart of a runner: \(Figure.milliseconds(median)), the longest of \(times.count) "
        + "\(Figure.milliseconds(longest)).")
    return median
  }

  private func poolRate() async throws -> Double {
    let code = ScriptCode(.script, "return { event: $context.data.event, message: $context.data.data.message }")
    let call = ScriptCall([code], input: Array(#"{"$context":{"data":\#(Load.body)}}"#.utf8))
    let rate = try await withRunners(2) { runners in
      try await eventually("the script runners are ready") {
        runners.start()
        return runners.isReady
      }
      _ = try await runners.run(call)
      let start = ContinuousClock.now
      let end = start + .seconds(seconds)
      let calls = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<64 {
          group.addTask {
            var calls = 0
            while ContinuousClock.now < end {
              guard case .success? = try await runners.run(call).results.first else {
                throw BenchError("a script failed")
              }
              calls += 1
            }
            return calls
          }
        }
        return try await group.reduce(0, +)
      }
      return Double(calls) / (ContinuousClock.now - start).seconds
    }
    Output.line("\nTwo runners and 64 callers in one process: \(Figure.rate(rate)) trivial scripts a second.")
    return rate
  }
}
