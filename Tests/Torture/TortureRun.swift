// One run: everything is started, tormented, healed, looked at and stopped.

import Foundation
import NIOCore
import NIOPosix

struct TortureRun: Sendable {
  /// Seconds with webhooks and without faults, at the beginning: for a few timers.
  private static let calm = 6.0

  let options: TortureOptions
  let seed: UInt64

  func report() async throws -> Report {
    let directory = FileManager.default.temporaryDirectory.appending(path: "millrace-torture-\(seed)-\(getpid())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let plant = try await Plant(options, directory: directory, on: group.next())
    let result: Result<Report, any Error>
    do { result = .success(try await report(of: plant, on: group)) } catch { result = .failure(error) }
    await plant.stop()
    try await group.shutdownGracefully()
    if options.keep {
      progress("the logs are in \(directory)")
    } else {
      try? FileManager.default.removeItem(atPath: directory)
    }
    return try result.get()
  }

  private func report(of plant: Plant, on group: MultiThreadedEventLoopGroup) async throws -> Report {
    let clock = RunClock()
    let (near, far) = (group.next(), group.next())
    let callbacks = CallbackBook(seed: seed, port: plant.balancer.port)
    let target = try await Target.start(seed: seed, clock: clock, callbacks: callbacks, on: near)
    defer { target.stop() }
    let workflows = TortureWorkflow.allCases.filter { $0.needs.map(Feature.available.contains) ?? true }
    let limit = TortureWorkflow.limit(atRate: options.rate)
    try await plant.start(
      Dictionary(uniqueKeysWithValues: workflows.map { ($0.key, $0.text(target: target.port, limit: limit)) }))
    let senders = Senders.start(
      Senders.Plan(
        seed: seed, rate: options.rate, synchronousRate: options.sync, workflows: workflows, port: plant.balancer.port),
      clock: clock, on: far)
    let records = Records(plant.redis)
    let begin = clock.now
    let injections = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await records.sweepOn() }
      defer { group.cancelAll() }
      return try await torment(plant, clock)
    }
    let seconds = clock.now - begin
    progress("\(clock.now.shown) all is healed")
    try await senders.stop()
    let unfinished = try await settle(plant, records, target, callbacks)
    progress("\(clock.now.shown) all is quiet")
    let deaths = (plant.members.map(\.program) + [plant.redis.program]).flatMap(\.deaths)
    return Report(
      seed: seed,
      Evidence(
        Evidence.Setting(deploys: options.deploys != nil, seconds: seconds, limit: limit),
        senders: senders.book, calls: target.calls, callbacks: callbacks, records: records, injections: injections,
        unfinished: unfinished, deaths: deaths))
  }

  private func torment(_ plant: Plant, _ clock: RunClock) async throws -> [Injection] {
    // What has to be in time when nothing is wrong is seen before anything is.
    try await Task.sleep(for: .seconds(Self.calm))
    let nemesis = Nemesis(
      Nemesis.Plan(
        seed: seed, faults: options.faults.faults, seconds: Double(options.seconds),
        leastKills: options.kills ?? options.seconds / 5),
      plant: plant, clock: clock)
    if let deploys = options.deploys {
      try await nemesis.deploy(deploys)
    } else {
      try await nemesis.run()
    }
    return nemesis.injections
  }

  /// Waits until everything has ended; how much has not when nothing moves any more.
  private func settle(
    _ plant: Plant, _ records: Records, _ target: Target, _ callbacks: CallbackBook
  ) async throws -> Int {
    var (seen, since) = ([0], ContinuousClock.now)
    while true {
      let depth = try await plant.redis.depth()
      let open = try await records.sweep(olderThan: .zero)
      if depth == 0, open == 0, callbacks.calling == 0 { return 0 }
      let now = [depth, open, callbacks.calling, target.calls.count]
      if now != seen { (seen, since) = (now, .now) }
      if ContinuousClock.now - since > .seconds(45) { return max(depth, open) }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}
