// Looks at Redis every other second: is it there, and can it keep the promise? The health of the process follows.

package import Logging
package import ProcessSupport
package import RedisClient
import ServiceLifecycle

package struct RedisWatch: Service {
  private let connection: RedisConnection
  private let durability: Durability
  private let health: Health
  private let logger: Logger
  private let settingsChanged: @Sendable (_ problem: String?) -> Void

  private static let interval: Duration = .seconds(2)
  /// While Redis is away, so that its return is noticed soon.
  private static let impatientInterval: Duration = .milliseconds(200)

  /// `settingsChanged` is called after every look at the settings, with the first that breaks the promise.
  package init(
    connection: RedisConnection, durability: Durability, health: Health, logger: Logger,
    settingsChanged: @escaping @Sendable (_ problem: String?) -> Void = { _ in }
  ) {
    self.connection = connection
    self.durability = durability
    self.health = health
    self.logger = logger
    self.settingsChanged = settingsChanged
    health.set(check: "redis", problem: "not connected yet")
  }

  package func run() async throws {
    var last: String?
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      let problem = await look()
      if let problem, problem != last { logger.error("Redis cannot keep the promise", metadata: ["why": "\(problem)"]) }
      last = problem
      let pause = connection.isReady ? Self.interval : Self.impatientInterval
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
    }
  }

  private func look() async -> String? {
    do {
      let findings = try await RedisSettingsCheck(connection: connection).findings(for: durability)
      let fatal = findings.filter(\.isFatal).map(\.text)
      health.set(check: "redis", problem: nil)
      health.set(check: "durability", problem: fatal.isEmpty ? nil : fatal.joined(separator: "; "))
      settingsChanged(fatal.first)
      return fatal.first
    } catch {
      health.set(check: "redis", problem: connection.lastProblem ?? "\(error)")
      return nil
    }
  }
}
