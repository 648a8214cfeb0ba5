// One running system that all tests of a suite share, with a target behind it: a suite says `.system(…)`, its tests
// ask for `SystemStage.current`.

import Synchronization
import TestSupport
import Testing

final class SystemStage: Sendable {
  @TaskLocal static var running: SystemStage?

  let system: SystemUnderTest
  let target: CountingTarget
  private let gates: GateBoard

  fileprivate init(system: SystemUnderTest, target: CountingTarget, gates: GateBoard) {
    self.system = system
    self.target = target
    self.gates = gates
  }

  static func current() throws -> SystemStage { try #require(running) }

  /// Calls of the target whose body has `"n":"<name>"` wait at this gate, from now on.
  func gate(_ name: String) -> Gate { gates.gate(name) }

  fileprivate final class GateBoard: Sendable {
    private let gates = Mutex<[String: Gate]>([:])

    func gate(_ name: String) -> Gate {
      gates.withLock { gates in
        let gate = gates[name] ?? Gate()
        gates[name] = gate
        return gate
      }
    }

    func hold(_ call: CountingTarget.Call) async {
      let gate = gates.withLock { gates in gates.first { call.body.contains(#""n":"\#($0.key)""#) }?.value }
      await gate?.pass()
    }
  }
}

struct SystemTrait: SuiteTrait, TestScoping {
  let ingests: Int
  let workers: Int
  let workflows: @Sendable (_ target: CountingTarget) -> [String: String]

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let gates = SystemStage.GateBoard()
    let target = try await CountingTarget.start { await gates.hold($0) }
    let system = try await SystemUnderTest.start(ingests: ingests, workers: workers)
    defer { system.stop() }
    try await system.apply(workflows(target))
    let stage = SystemStage(system: system, target: target, gates: gates)
    try await SystemStage.$running.withValue(stage) { try await function() }
  }
}

extension Trait where Self == SystemTrait {
  static func system(
    ingests: Int = 1, workers: Int = 1,
    _ workflows: @escaping @Sendable (_ target: CountingTarget) -> [String: String]
  ) -> SystemTrait {
    SystemTrait(ingests: ingests, workers: workers, workflows: workflows)
  }
}
