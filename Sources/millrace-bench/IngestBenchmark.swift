// How many asynchronous webhooks a second are accepted, each in Redis before its 2xx. No worker runs: executions pile
// up and are removed between the measurements.

struct IngestBenchmark: Sendable {
  let surroundings: Surroundings
  let peers: [IngestPeer]
  let rounds: Int
  let seconds: Int

  func run() async throws -> [SummaryRow] {
    try await Stage.run { stage in
      let programs = surroundings.programs
      let redis = try await PrivateRedis.start(on: stage, programs)
      let script = try Load.script(on: stage, surroundings.peers)
      try await Conditions(surroundings: surroundings, redis: redis, stage: stage).print(
        title: "Asynchronous ingest", load: WrkRun.command(seconds: seconds))

      let setup = MillraceSetup(stage: stage, programs: programs, redis: redis)
      let workflow = BenchWorkflow.asynchronous
      try await setup.apply(workflow)
      let ingest = try await setup.startIngest(eventLoops: surroundings.eventLoops)
      try await setup.firstAnswer(of: workflow, from: ingest.program, port: ingest.port)
      let idleMemory = ingest.program.residentMemory
      let millrace = Side(
        name: "Millrace", url: "http://127.0.0.1:\(ingest.port)\(workflow.path)", program: ingest.program,
        streams: MillraceKeys.streams)

      let pairings = try await measure(millrace, beside: startPeers(on: stage, redis: redis)) { side, seconds in
        try await side.measure(script, seconds: seconds, on: stage, programs, redis)
      }
      for pairing in pairings { pairing.print() }
      Output.line(
        "\nResident memory of millrace-ingest: \(Figure.bytes(idleMemory)) idle, "
          + "\(Figure.bytes(ingest.program.residentMemory)) after the last round.")
      return pairings.map(\.summary)
    }
  }

  private func startPeers(on stage: Stage, redis: PrivateRedis) async throws -> [Side] {
    guard surroundings.peers != nil else { return [] }
    var sides: [Side] = []
    for peer in peers {
      if let side = try await peer.start(on: stage, surroundings, redis: redis) { sides.append(side) }
    }
    return sides
  }

  /// Each peer in pairs of its own, after a second of warming up; Millrace alone when there is none.
  private func measure(
    _ millrace: Side, beside peers: [Side], _ measurement: (Side, Int) async throws -> Side.Measurement
  ) async throws -> [Pairing] {
    for side in [millrace] + peers { _ = try await measurement(side, 1) }
    var pairings = peers.isEmpty ? [Pairing(peer: nil)] : peers.map { Pairing(peer: $0) }
    for round in 1...rounds {
      for index in pairings.indices {
        let ours = try await measurement(millrace, seconds)
        var theirs: Side.Measurement?
        if let side = pairings[index].peer { theirs = try await measurement(side, seconds) }
        pairings[index].add(ours, theirs, round: round)
      }
    }
    return pairings
  }
}
