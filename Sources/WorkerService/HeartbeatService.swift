// Says once a second that this worker lives. Others take its executions over when that has not been heard for a while.

package import ExecutionQueue
package import Logging
import ServiceLifecycle

package struct HeartbeatService: Service {
  private let queue: any DeliveryQueue
  private let executor: (any TaskExecutor)?
  private let logger: Logger

  private static let interval: Duration = .seconds(1)
  /// After an outage every worker must be heard again before others may take it for dead.
  private static let impatientInterval: Duration = .milliseconds(200)

  /// `executor` is where it runs: best a thread on which nothing computes, because a heart that beats late is taken for
  /// a dead one's.
  package init(queue: any DeliveryQueue, executor: (any TaskExecutor)? = nil, logger: Logger) {
    self.queue = queue
    self.executor = executor
    self.logger = logger
  }

  package func run() async throws {
    await withTaskExecutorPreference(executor) { await beat() }
  }

  private func beat() async {
    var complaint = Complaint(logger, "cannot say that this worker lives")
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      var pause = Self.interval
      do {
        try await queue.heartbeat()
        complaint.withdraw()
      } catch {
        complaint.make(error)
        pause = Self.impatientInterval
      }
      try? await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
    }
    // Stopped after the consumer: what could not be handed back is free for others from now on.
    try? await queue.leave()
  }
}
