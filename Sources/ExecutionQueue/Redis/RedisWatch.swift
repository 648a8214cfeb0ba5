// Looks at Redis every second: is it there, can it keep the promise, has it room? The health of the process follows.

package import Logging
import NIOCore
package import ProcessSupport
package import RedisClient
import ServiceLifecycle

/// What a write has to wait for beyond its own answer.
package struct Replication: Sendable {
  private let durability: Durability
  private let replicas: ReplicaCount

  private static let patience = TimeAmount.seconds(1)
  /// For one that was not there at the last look.
  private static let shortPatience = TimeAmount.milliseconds(100)

  package init(durability: Durability = .fast, replicas: ReplicaCount = ReplicaCount()) {
    self.durability = durability
    self.replicas = replicas
  }

  /// `strict` promises that a write outlives its primary, where that has a replica, or had one just now.
  var wait: ReplicaWait? {
    guard durability == .strict, replicas.isAwaited else { return nil }
    return ReplicaWait(count: 1, patience: replicas.isPresent ? Self.patience : Self.shortPatience)
  }
}

package struct RedisWatch: Service {
  private let connection: RedisConnection
  private let durability: Durability
  private let health: Health
  private let logger: Logger
  private let replicas: ReplicaCount
  private let settingsChanged: @Sendable (_ problem: String?) -> Void
  private let memoryPressure: @Sendable (_ problem: String?) -> Void
  private let canDoWithout: @Sendable () -> Bool

  private static let interval: Duration = .seconds(1)
  /// While Redis is away, so that its return is noticed soon.
  private static let impatientInterval: Duration = .milliseconds(200)

  /// Called after every look that was answered: `settingsChanged` with the first setting that breaks the promise,
  /// `memoryPressure` with the Redis that is nearly full, from 90 % of its memory on until 85 %; a Redis that is away is
  /// not full. As long as the process `canDoWithout` a Redis that was there before, it counts as ready without.
  package init(
    connection: RedisConnection, durability: Durability, health: Health, logger: Logger,
    replicas: ReplicaCount = ReplicaCount(),
    settingsChanged: @escaping @Sendable (_ problem: String?) -> Void = { _ in },
    memoryPressure: @escaping @Sendable (_ problem: String?) -> Void = { _ in },
    canDoWithout: @escaping @Sendable () -> Bool = { false }
  ) {
    self.connection = connection
    self.durability = durability
    self.health = health
    self.logger = logger
    self.replicas = replicas
    self.settingsChanged = settingsChanged
    self.memoryPressure = memoryPressure
    self.canDoWithout = canDoWithout
    health.set(check: "redis", problem: "not connected yet")
  }

  package func run() async throws {
    var last = Look()
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      let look = await look(after: last)
      if let problem = look.problem, problem != last.problem {
        logger.error("Redis cannot keep the promise", metadata: ["why": "\(problem)"])
      }
      if (look.pressure == nil) != (last.pressure == nil) {
        logger.warning("\(look.pressure ?? "Redis has room again")")
      }
      last = look
      let pause = look.isAnswered ? Self.interval : Self.impatientInterval
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
    }
  }

  private struct Look {
    var isAnswered = true
    /// This one or one before.
    var wasAnswered = false
    var problem: String?
    var pressure: String?
    var proof = AppendOnlyProof()
  }

  private func look(after last: Look) async -> Look {
    do {
      let facts = try await RedisSettingsCheck(connection: connection).facts()
      var proof = last.proof
      if let queue = facts.first(where: \.isHome) {
        proof.look(at: queue)
        replicas.set(queue.replicas, of: queue["run_id"])
      }
      let findings = RedisSettingsCheck.findings(
        in: facts, for: durability, isFull: last.pressure != nil, isFileBeingMade: proof.isFileBeingMade)
      let fatal = findings.filter(\.isFatal).map(\.text)
      let pressure = findings.first { $0.kind == .pressure }?.text
      health.set(check: "redis", problem: nil)
      health.set(check: "durability", problem: fatal.isEmpty ? nil : fatal.joined(separator: "; "))
      settingsChanged(fatal.first)
      memoryPressure(pressure)
      return Look(wasAnswered: true, problem: fatal.first, pressure: pressure, proof: proof)
    } catch {
      // The replicas stay as they were: one look that fails must not turn off the waiting for them.
      let isMissed = !last.wasAnswered || !canDoWithout()
      health.set(check: "redis", problem: isMissed ? connection.lastProblem(for: RedisFacts.home) ?? "\(error)" : nil)
      // What was wrong with a Redis that is not there does not keep the process from doing without it.
      if !isMissed { health.set(check: "durability", problem: nil) }
      if last.wasAnswered { memoryPressure(nil) }
      var look = last
      look.isAnswered = false
      return look
    }
  }
}
