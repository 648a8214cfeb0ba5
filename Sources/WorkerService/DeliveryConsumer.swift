// Takes deliveries for as many executions as there are free slots, and looks once a second for those of dead workers.
//
// The stop is a ladder: take nothing more; wait until what runs has ended, at most the grace; cancel the rest, which
// hands it back to the queue for others at once and counts as no attempt.

package import ExecutionQueue
package import Logging
import ProcessSupport
import ServiceLifecycle

package struct DeliveryConsumer: Service {
  private let queue: any DeliveryQueue
  private let slots: Slots
  private let processor: ExecutionProcessor
  private let grace: Duration
  private let executor: any TaskExecutor
  private let metrics: WorkerMetrics
  private let logger: Logger

  /// Dead workers are looked for this often.
  private static let rescueInterval: Duration = .seconds(1)
  /// Payloads of rescued executions pass through one script call.
  private static let rescueLimit = 64
  /// Deliveries that one read brings at most.
  private static let readLimit = 192

  /// `executor` is where executions run: best the thread that the queue's connections are on.
  package init(
    queue: any DeliveryQueue, slots: Slots, processor: ExecutionProcessor, grace: Duration,
    executor: any TaskExecutor, metrics: WorkerMetrics, logger: Logger
  ) {
    self.queue = queue
    self.slots = slots
    self.processor = processor
    self.grace = grace
    self.executor = executor
    self.metrics = metrics
    self.logger = logger
  }

  package func run() async throws {
    await withTaskExecutorPreference(executor) { await consume() }
    logger.info("all executions settled or handed back")
  }

  private func consume() async {
    // Discarding, because executions follow one another for as long as the process lives.
    await withDiscardingTaskGroup { group in
      var intake = Intake(rescueDue: .now)
      while !Task.isShuttingDownGracefully && !Task.isCancelled {
        let free = await cancelWhenGracefulShutdown { await slots.takeFree() }
        guard free > 0 else { break }
        let deliveries = await next(limit: free, &intake)
        slots.start(deliveries.count, reserved: free)
        for delivery in deliveries {
          group.addTask {
            await processor.process(delivery)
            slots.finish()
          }
        }
      }
      await drain()
      group.cancelAll()
    }
  }

  private struct Intake {
    var rescueDue: ContinuousClock.Instant
    var isRegistered = false
    var isAway = false
  }

  private func next(limit: Int, _ intake: inout Intake) async -> [Delivery] {
    do {
      let deliveries: [Delivery]
      if !intake.isRegistered {
        // What a worker holds whose heart has never beaten is taken for a dead one's.
        try await queue.heartbeat()
        intake.isRegistered = true
      }
      if intake.rescueDue <= .now {
        let page = min(limit, Self.rescueLimit)
        deliveries = try await queue.rescue(limit: page)
        metrics.rescued.increment(by: deliveries.count)
        if !deliveries.isEmpty {
          logger.warning("took over executions", metadata: ["count": "\(deliveries.count)"])
        }
        // A page that was full has more behind it.
        intake.rescueDue = deliveries.count < page ? .now + Self.jittered(Self.rescueInterval) : .now
      } else {
        deliveries = try await queue.take(
          limit: min(limit, Self.readLimit), waiting: max(.milliseconds(1), intake.rescueDue - .now))
      }
      intake.isAway = false
      return deliveries
    } catch {
      if !intake.isAway { logger.warning("cannot read the queue", metadata: ["error": "\(error)"]) }
      intake.isAway = true
      try? await Task.sleep(for: Self.jittered(.milliseconds(200)))
      return []
    }
  }

  private func drain() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await slots.allFinished() }
      group.addTask { try? await Task.sleep(for: grace) }
      await group.next()
      group.cancelAll()
    }
  }

  private static func jittered(_ duration: Duration) -> Duration {
    duration * Double.random(in: 0.75...1.25)
  }
}
