// Takes deliveries for as many executions as there are free slots: urgent ones and regular ones, each with a read of its
// own, and once a second those that dead workers left.
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
  private let neighbours: Int
  private let grace: Duration
  private let executor: any TaskExecutor
  private let metrics: WorkerMetrics
  private let logger: Logger

  /// Dead workers are looked for this often, and no read waits longer.
  private static let interval: Duration = .seconds(1)
  /// Payloads of rescued executions pass through one script call.
  private static let rescueLimit = 64
  /// Deliveries that one read brings at most.
  private static let readLimit = 192

  /// `executor` is where executions run: best the thread that the queue's connections are on. `neighbours` consumers
  /// share the slots.
  package init(
    queue: any DeliveryQueue, slots: Slots, processor: ExecutionProcessor, neighbours: Int = 1, grace: Duration,
    executor: any TaskExecutor, metrics: WorkerMetrics, logger: Logger
  ) {
    self.queue = queue
    self.slots = slots
    self.processor = processor
    self.neighbours = neighbours
    self.grace = grace
    self.executor = executor
    self.metrics = metrics
    self.logger = logger
  }

  package func run() async throws {
    await withTaskExecutorPreference(executor) {
      await register()
      await withTaskGroup(of: Void.self) { group in
        for intake in Intake.allCases { group.addTask { await consume(intake) } }
        group.addTask { await rescue() }
      }
    }
    logger.info("all executions settled or handed back")
  }

  private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  private func pause(after error: any Error, _ complaint: inout Complaint) async {
    complaint.make(error)
    try? await Task.sleep(for: .milliseconds(200) * Double.random(in: 0.75...1.25))
  }

  /// What a worker holds whose heart has never beaten is taken for a dead one's.
  private func register() async {
    var complaint = Complaint(logger, "cannot register at the queue")
    while !isStopping {
      do { return try await queue.heartbeat() } catch { await pause(after: error, &complaint) }
    }
  }

  private func consume(_ intake: Intake) async {
    var complaint = Complaint(logger, "cannot read the queue")
    await running { start in
      while !isStopping {
        let free = await cancelWhenGracefulShutdown { await slots.free(for: intake) }
        guard free > 0 else { break }
        do {
          let limit = min(max(1, free / neighbours), Self.readLimit)
          start(try await queue.take(intake, limit: limit, waiting: Self.interval), false)
          complaint.withdraw()
        } catch {
          await pause(after: error, &complaint)
        }
      }
    }
  }

  private func rescue() async {
    var complaint = Complaint(logger, "cannot look for executions of dead workers")
    await running { start in
      while !isStopping {
        let free = min(slots.freeForRescue, Self.rescueLimit)
        var deliveries: [Delivery] = []
        do {
          if free > 0 { deliveries = try await queue.rescue(limit: free) }
          complaint.withdraw()
        } catch {
          await pause(after: error, &complaint)
        }
        start(deliveries, true)
        if !deliveries.isEmpty {
          metrics.rescued.increment(by: deliveries.count)
          logger.warning("took over executions", metadata: ["count": "\(deliveries.count)"])
        }
        // A page that was full has more behind it.
        if deliveries.isEmpty || deliveries.count < free {
          let pause = Self.interval * Double.random(in: 0.75...1.25)
          try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
      }
    }
  }

  /// Gives the body a way to start executions (rescued ones beyond the number of slots too); when it returns, waits for
  /// them as long as the grace lets it.
  private func running(
    _ body: (_ start: (_ deliveries: [Delivery], _ areRescued: Bool) -> Void) async -> Void
  ) async {
    // Discarding, because executions follow one another for as long as the process lives.
    await withDiscardingTaskGroup { group in
      await body { deliveries, areRescued in
        for delivery in deliveries {
          let isIn = !delivery.isSuspicious && slots.tryToEnter(delivery.intake, forced: areRescued)
          group.addTask {
            await processor.inTurn(delivery) {
              let hasSlot = isIn || slots.tryToEnter(delivery.intake, forced: areRescued)
              if !hasSlot, await !slots.enter(delivery.intake) { return await processor.refuse(delivery) }
              await processor.process(delivery)
              slots.leave(delivery.intake)
            }
          }
        }
      }
      await drain()
      group.cancelAll()
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
}
