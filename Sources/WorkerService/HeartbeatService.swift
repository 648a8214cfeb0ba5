// Says once a second that this worker lives. Others take its executions over when that has not been heard for a while.

package import ExecutionQueue
package import Logging
import ServiceLifecycle

package struct HeartbeatService: Service {
  private let queue: any DeliveryQueue
  private let logger: Logger

  private static let interval: Duration = .seconds(1)
  /// After an outage every worker must be heard again before others may take it for dead.
  private static let impatientInterval: Duration = .milliseconds(200)

  package init(queue: any DeliveryQueue, logger: Logger) {
    self.queue = queue
    self.logger = logger
  }

  package func run() async throws {
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      var pause = Self.interval
      do { try await queue.heartbeat() } catch {
        logger.debug("heartbeat failed", metadata: ["error": "\(error)"])
        pause = Self.impatientInterval
      }
      try? await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
    }
    // Stopped after the consumer: what could not be handed back is free for others from now on.
    try? await queue.leave()
  }
}
