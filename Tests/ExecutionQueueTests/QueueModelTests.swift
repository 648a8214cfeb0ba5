// The scripts against the plain model: whatever ingests, workers and operators do, and wherever they are cut off, both
// give the same answers and hold the same state.

import Foundation
import TestSupport
import Testing

@testable import ExecutionQueue

@Suite("The scripts and the plain model")
struct QueueModelTests {
  private static let steps = Int(ProcessInfo.processInfo.environment["MILLRACE_MODEL_STEPS"] ?? "") ?? 200_000
  private static let stepsOfALife = 5000
  private static let stepsAtOnce = 1000

  @Test("tell the same story of random lives", .timeLimit(.minutes(30)))
  func same() async throws {
    let text = ProcessInfo.processInfo.environment["MILLRACE_MODEL_SEED"] ?? ""
    var seed = UInt64(text) ?? UInt64.random(in: 0...UInt64.max)
    var (steps, executions) = (0, 0)
    var counts: [String: Int] = [:]
    let start = ContinuousClock.now
    print("QueueModelTests seed=\(seed) steps=\(Self.steps)")
    try await ModelRedis.with { redis in
      while steps < Self.steps {
        try await redis.reset()
        let walk = ModelWalk(redis: redis, seed: seed)
        while walk.steps < Self.stepsOfALife {
          let next = walk.steps + Self.stepsAtOnce
          while walk.steps < next { walk.step() }
          guard try await walk.check(), try await isSame(walk) else {
            return print("QueueModelTests failed with seed=\(seed)")
          }
        }
        steps += walk.steps
        executions += walk.ids.count
        counts.merge(walk.counts, uniquingKeysWith: +)
        seed &+= 1
      }
    }
    let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    print("QueueModelTests steps=\(steps) executions=\(executions) time=\(ContinuousClock.now - start) \(kinds)")
  }

  private func isSame(_ walk: ModelWalk) async throws -> Bool {
    let differences = try await ModelKeyspace(walk.redis).differences(from: ModelKeyspace(walk.state, walk.redis.keys))
      .joined(separator: "\n")
    guard !differences.isEmpty else { return true }
    Issue.record("after \(walk.steps) steps Redis has\n\(differences)\n\(walk.story(of: differences))")
    return false
  }
}
