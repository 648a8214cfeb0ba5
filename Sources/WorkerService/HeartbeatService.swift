// Says once a second that this worker lives. Others take its executions over when that has not been heard for a while.

package import ExecutionQueue
package import Logging
import ServiceLifecycle

package struct HeartbeatService: Service {
  private let queue: any DeliveryQueue
  private let logger: Logger

  private static let interval: Duration = .seconds(1)

  package init(queue: any DeliveryQueue, logger: Logger) {
    self.queue = queue
    self.logger = logger
  }

  package func run() async throws {
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      do { try await queue.heartbeat() } catch {
        logger.debug("heartbeat failed", metadata: ["error": "\(error)"])
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    // Stopped after the consumer: what could not be handed back is free for others from now on.
    try? await queue.leave()
  }
}
