// Executions that take long or wait: what they do to callers who wait, and how exactly they go on.

import ProcessSupport

struct PatienceBenchmark: Sendable {
  let surroundings: Surroundings
  let rounds: Int
  let seconds: Int
  let timers: Int

  private static let synchronousRate = 200.0
  private static let slowCount = 10_000
  private static let slowSeconds = 30
  private static let refusals = 100
  /// Seconds until the first timer is due, and over which all of them are.
  private static let timerSpan = (first: 20, all: 40)

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let redis = try await PrivateRedis.start(on: stage, surroundings.programs)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Patience", load: "one worker; what each part says")
      let target = try await BenchTarget.start()
      defer { target.stop() }
      let setup = MillraceSetup(stage: stage, programs: surroundings.programs, redis: redis)
      try await setup.apply(.synchronous)
      for (key, nodes) in workflows(target.port) {
        try await setup.apply(key, "key: \(key)\ntrigger: {type: webhook}\nkeep: {succeeded: 0}\nnodes:\n\(nodes)\n")
      }
      let worker = try await setup.startWorker(["--egress-allow", "127.0.0.0/8"])
      try await setup.ready(worker.program, port: worker.metricsPort)
      let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
      try await setup.firstAnswer(of: .synchronous, from: ingest.program, port: ingest.port)
      let place = Place(stage: stage, port: ingest.port, worker: HTTPProbe(port: worker.metricsPort), target: target)
      return try await [timers(place), refusals(place), callers(place)]
    }
  }

  private struct Place {
    let stage: Stage
    let port: Int
    let worker: HTTPProbe
    let target: BenchTarget

    func url(_ key: String) -> String { "http://127.0.0.1:\(port)/api/webhooks/\(key)" }
  }

  private func workflows(_ target: Int) -> [(String, String)] {
    let url = "http://127.0.0.1:\(target)"
    return [
      ("bench-slow", #"  - {key: call, type: request, timeout: 90s, url: "\#(url)/slow?\#(Self.slowSeconds)"}"#),
      (
        "bench-timer",
        """
          - {key: pause, type: delay, until: "{{$context.data.at}}"}
          - {key: call, type: request, url: "\(url)/timer?{{$context.data.at}}"}
        """
      ),
      (
        "bench-refused",
        #"  - {key: call, type: request, url: "\#(url)/refuse?{{$context.data.name}}", retry: {attempts: 3}}"#
      ),
    ]
  }

  // MARK: Timers

  private func timers(_ place: Place) async throws -> SummaryRow {
    let (first, span) = Self.timerSpan
    let script = try place.stage.write(
      """
      wrk.method = "POST"
      wrk.headers["Content-Type"] = "application/json"
      local start = (os.time() + \(first)) * 1000
      local count = 0
      function request()
        count = count + 1
        if count > \(timers) then wrk.thread:stop() end
        return wrk.format(nil, nil, nil, '{"at":' .. start + (count * 7919) % \(span * 1000) .. '}')
      end
      """, to: "timers.lua")
    let report = try await WrkRun(url: place.url("bench-timer"), script: script, seconds: first)
      .measure(on: place.stage, surroundings.programs)
    let accepted = report.requests - report.refused
    try await eventually("all timers have fired", within: .seconds(first + span + 60), every: .milliseconds(500)) {
      place.target.notes.lateness.count >= accepted
    }
    let late = place.target.notes.lateness.sorted()
    let (p50, p99) = (late[late.count / 2], late[late.count * 99 / 100])
    let early = late.count { $0 < 0 }
    Output.line(
      """

      Timers: \(Figure.grouped(late.count)), due over \(span) s. \(early) early; late by p50 \
      \(Figure.milliseconds(p50)), p99 \(Figure.milliseconds(p99)), at most \(Figure.milliseconds(late.last)).
      """)
    return SummaryRow(
      what: "\(Figure.grouped(late.count)) timers: early / p99 of lateness",
      millrace: "\(early) / \(Figure.milliseconds(p99))")
  }

  // MARK: Retry-After

  private func refusals(_ place: Place) async throws -> SummaryRow {
    let probe = HTTPProbe(port: place.port)
    for number in 0..<Self.refusals {
      guard try probe.post("/api/webhooks/bench-refused", #"{"name":"\#(number)"}"#).status == 200 else {
        throw BenchError("a webhook was refused")
      }
    }
    try await eventually("all were refused once") { place.target.notes.refusals == Self.refusals }
    try await eventually("no slot is held") { try place.worker.metric("millrace_worker_running") == 0 }
    try await eventually("all were tried again", within: .seconds(90), every: .milliseconds(200)) {
      place.target.notes.pauses.count >= Self.refusals
    }
    let pauses = place.target.notes.pauses.sorted()
    let range = [pauses.first, pauses.last].map { Figure.ratio($0) }.joined(separator: " to ")
    Output.line(
      "\n429 with Retry-After: 60, \(pauses.count) executions: the next attempt after \(range) s; no slot held meanwhile."
    )
    return SummaryRow(what: "next attempt after `Retry-After: 60`, in s", millrace: range)
  }

  // MARK: Callers beside slow executions

  private func callers(_ place: Place) async throws -> SummaryRow {
    let base = try Load.script(on: place.stage, surroundings.peers)
    let steady = try Load.steadyScript(rate: Self.synchronousRate, after: base, on: place.stage)
    func measure(_ phase: String) async throws -> [Double] {
      var tails: [Double] = []
      for round in 0...rounds {
        let report = try await WrkRun(
          url: place.url(BenchWorkflow.synchronous.key), script: steady, seconds: seconds, connections: 16
        ).measure(on: place.stage, surroundings.programs)
        if let problem = report.problem { throw BenchError("\(phase): \(problem)") }
        Output.progress("round \(round) \(phase): p99 \(Figure.milliseconds(report.tail))")
        // The first one warms up.
        if round > 0 { tails.append(report.tail) }
      }
      return tails
    }
    let idle = try await measure("idle")
    let probe = HTTPProbe(port: place.port)
    let fill = try place.stage.write(
      """
      dofile("\(base)")
      local count = 0
      function request()
        count = count + 1
        if count > \(Self.slowCount) then wrk.thread:stop() end
        return wrk.format()
      end
      """, to: "fill.lua")
    let queued = try await WrkRun(url: place.url("bench-slow"), script: fill, seconds: 20, connections: 16)
      .measure(on: place.stage, surroundings.programs).requests
    let slots = Int(try place.worker.metric("millrace_worker_slots"))
    do { try await eventually("every slot works") { place.target.notes.slow >= slots } } catch {
      throw BenchError("\(place.target.notes.slow) of \(slots) slots work")
    }
    let running = place.target.notes.slow
    let busy = try await measure("beside slow executions")
    guard try probe.post(BenchWorkflow.synchronous.path).status == 200 else { throw BenchError("no answer") }
    let ratio = (busy.median ?? 0) / (idle.median ?? 1)
    Output.line(
      """

      Callers: \(Figure.rate(Self.synchronousRate)) a second; p99 \(Figure.milliseconds(idle.median)) in an idle \
      system, \(Figure.milliseconds(busy.median)) beside \(Figure.grouped(queued)) executions of \
      \(Self.slowSeconds) s each in the queue, \(Figure.ratio(ratio)) times that (medians of \(rounds) rounds). \
      Without callers \(running) executions ran at once in \(slots) slots.
      """)
    return SummaryRow(
      what:
        "p99 of callers beside \(Figure.grouped(queued)) queued executions of \(Self.slowSeconds) s, of that in an idle system",
      millrace: Figure.ratio(ratio))
  }
}
